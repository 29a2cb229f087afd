package tablestore

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/common"
	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

const (
	testInstance = "registry"
	testID       = "test-id"
	testSecret   = "test-secret"
)

// connect returns a client of the real service when the environment names one,
// of a fresh emulator otherwise.
func connect(t testing.TB) *sdk.TableStoreClient {
	t.Helper()
	return accessOf(t).client(nil)
}

// access is what a client needs. The clients made from it do not retry.
type access struct {
	endpoint, instance, id, secret, token string
}

func accessOf(t testing.TB) access {
	t.Helper()
	if endpoint := os.Getenv("TABLESTORE_TEST_ENDPOINT"); endpoint != "" {
		return access{
			endpoint: endpoint,
			instance: os.Getenv("TABLESTORE_TEST_INSTANCE"),
			id:       os.Getenv("TABLESTORE_TEST_ACCESS_KEY_ID"),
			secret:   os.Getenv("TABLESTORE_TEST_ACCESS_KEY_SECRET"),
		}
	}
	return newEmulator(t).access
}

func (a access) client(alter func(*http.Request)) *sdk.TableStoreClient {
	config := sdk.NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	config.Transport = altering(alter)
	return sdk.NewClientWithConfig(a.endpoint, a.instance, a.id, a.secret, a.token, config)
}

// altering changes requests on their way.
type altering func(*http.Request)

func (alter altering) RoundTrip(r *http.Request) (*http.Response, error) {
	if alter != nil {
		alter(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// signAgain makes an altered request a valid one.
func signAgain(r *http.Request, a access) {
	r.Header.Del("X-Ots-Signature")
	keys := &common.DefaultCredentials{AccessKeyID: a.id, AccessKeySecret: a.secret}
	signature, err := sdk.GetSignature(r.URL.Path, r.Method, keys, r.Header)
	if err != nil {
		panic(err)
	}
	r.Header.Set("X-Ots-Signature", signature)
}

// emulator is a Service on a loopback address, with the hands on its clock.
type emulator struct {
	*Service
	access access
	now    time.Time
	faults fault.Plan
	meter  meter.Meter
	keys   *sts.Account
	client *sdk.TableStoreClient
}

func newEmulator(t testing.TB) *emulator {
	t.Helper()
	return newEmulatorWith(t, Options{})
}

// newEmulatorWith fills in the options that tests have no part in.
func newEmulatorWith(t testing.TB, o Options) *emulator {
	t.Helper()
	e := &emulator{now: time.Now()}
	clock := func() time.Time { return e.now }
	e.keys = sts.NewAccount(testID, testSecret, clock)
	o.Instance, o.Account, o.Clock, o.Faults, o.Meter = testInstance, e.keys, clock, &e.faults, &e.meter
	service, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	e.Service = service
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	e.access = access{endpoint: server.URL, instance: testInstance, id: testID, secret: testSecret}
	e.client = e.access.client(e.setDate)
	return e
}

// setDate gives a request the date of the emulator's clock.
func (e *emulator) setDate(r *http.Request) {
	r.Header.Set("X-Ots-Date", e.now.UTC().Format(time.RFC3339))
	signAgain(r, e.access)
}

// newTestTable creates a table with the key columns p (string) and n (integer).
func newTestTable(t testing.TB, client *sdk.TableStoreClient, maxVersions int) string {
	t.Helper()
	meta := &sdk.TableMeta{TableName: "t_" + strings.ToLower(rand.Text())}
	meta.AddPrimaryKeyColumn("p", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumn("n", sdk.PrimaryKeyType_INTEGER)
	createTable(t, client, &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: maxVersions},
		ReservedThroughput: &sdk.ReservedThroughput{},
	})
	return meta.TableName
}

// createTable creates a table for the time of the test. The real service takes
// a while until it answers for a new table.
func createTable(t testing.TB, client *sdk.TableStoreClient, r *sdk.CreateTableRequest) {
	t.Helper()
	if _, err := client.CreateTable(r); err != nil {
		t.Fatal(err)
	}
	name := r.TableMeta.TableName
	t.Cleanup(func() {
		if _, err := client.DeleteTable(&sdk.DeleteTableRequest{TableName: name}); err != nil && errorCode(err) != "OTSObjectNotExist" {
			t.Error(err)
		}
	})
	if os.Getenv("TABLESTORE_TEST_ENDPOINT") != "" {
		time.Sleep(10 * time.Second)
	}
}

func errorCode(err error) string {
	var e *sdk.OtsError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// wantError checks an error of the service.
func wantError(t *testing.T, err error, status int, code, message string) {
	t.Helper()
	var e *sdk.OtsError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want %d %s", err, status, code)
	}
	if e.HttpStatusCode != status || e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("got %d %s %q, want %d %s %q", e.HttpStatusCode, e.Code, e.Message, status, code, message)
	}
	if e.RequestId == "" {
		t.Error("the error has no request id")
	}
}
