package tablestore_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	emulator "github.com/fc-registry/fc-registry/test/emulator/tablestore"
)

// bootstrap sets everything up and returns what was changed.
func bootstrap(t *testing.T, c *tablestore.Client) []string {
	t.Helper()
	lines, err := changes(t, c, false)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func changes(t *testing.T, c *tablestore.Client, dry bool) (lines []string, err error) {
	t.Helper()
	err = c.Bootstrap(t.Context(), func(what string, do func() error) error {
		lines = append(lines, what)
		if dry {
			return nil
		}
		return do()
	})
	return lines, err
}

// service starts an empty instance, with a client of ours and one of the vendor's.
func service(t *testing.T) (*tablestore.Client, *sdk.TableStoreClient) {
	t.Helper()
	address := serve(t, emulator.Options{Account: sts.NewAccount("id", "secret", time.Now)})
	c := tablestore.New(tablestore.Config{Endpoint: address, Instance: "test", Credentials: key("id", "secret", "")})
	return c, sdk.NewClient(address, "test", "id", "secret")
}

// serve starts an empty instance and returns its address.
func serve(t *testing.T, o emulator.Options) string {
	t.Helper()
	o.Instance = "test"
	s, err := emulator.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

func key(id, secret, token string) credentials.Source {
	return credentials.Fixed(credentials.Credentials{AccessKeyID: id, AccessKeySecret: secret, SecurityToken: token})
}

func TestTablesAreMadeOnce(t *testing.T) {
	c, _ := service(t)
	first, err := changes(t, c, true)
	if err != nil || first[0] != "create table packages" || !slices.Contains(first, "create search index packages of table packages") {
		t.Fatalf("would %q: %v", first, err)
	}
	if did := bootstrap(t, c); !slices.Equal(did, first) {
		t.Errorf("did %q, said %q", did, first)
	}
	if again := bootstrap(t, c); len(again) > 0 {
		t.Errorf("a second time: %q", again)
	}
}

func TestTimeToLiveIsMended(t *testing.T) {
	c, vendor := service(t)
	bootstrap(t, c)
	for table, o := range map[string]*sdk.TableOption{"uploads": sdk.NewTableOption(-1, 1), "audit": sdk.NewTableOption(86400, 3)} {
		if _, err := vendor.UpdateTable(&sdk.UpdateTableRequest{TableName: table, TableOption: o}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"set table uploads to a time to live of 86400 s and 1 version (it had -1 s and 1)",
		"set table audit to a time to live of -1 s and 1 version (it had 86400 s and 3)",
	}
	if got, err := changes(t, c, true); err != nil || !slices.Equal(got, want) {
		t.Errorf("would %q: %v", got, err)
	}
	if got := bootstrap(t, c); !slices.Equal(got, want) {
		t.Errorf("did %q", got)
	}
	if got := bootstrap(t, c); len(got) > 0 {
		t.Errorf("a second time: %q", got)
	}
}

func TestAnotherKeyIsReportedAndTheRestMade(t *testing.T) {
	c, vendor := service(t)
	meta := &sdk.TableMeta{TableName: "nonces"}
	meta.AddPrimaryKeyColumn("id", sdk.PrimaryKeyType_INTEGER)
	if _, err := vendor.CreateTable(&sdk.CreateTableRequest{TableMeta: meta, TableOption: sdk.NewTableOption(-1, 1), ReservedThroughput: &sdk.ReservedThroughput{}}); err != nil {
		t.Fatal(err)
	}
	made, err := changes(t, c, false)
	if len(made) == 0 || err == nil || !strings.HasPrefix(err.Error(), "table nonces has the key (id INTEGER), and the registry needs (id STRING)") {
		t.Errorf("made %q: %v", made, err)
	}
}

func TestAnotherIndexIsReported(t *testing.T) {
	c, vendor := service(t)
	bootstrap(t, c)
	name, yes := "Name", true
	for _, step := range []error{
		second(vendor.DeleteSearchIndex(&sdk.DeleteSearchIndexRequest{TableName: "packages", IndexName: "packages"})),
		second(vendor.CreateSearchIndex(&sdk.CreateSearchIndexRequest{TableName: "packages", IndexName: "packages", IndexSchema: &sdk.IndexSchema{
			FieldSchemas: []*sdk.FieldSchema{{FieldName: &name, FieldType: sdk.FieldType_LONG, Index: &yes}},
		}})),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	_, err := changes(t, c, false)
	want := "search index packages of table packages is not what the registry needs (field package is missing, field Name is LONG, not TEXT single_word, field Description is missing"
	if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "is missing). An index can't be changed: delete it") {
		t.Errorf("got %v, want %s", err, want)
	}
}

func second[T any](_ T, err error) error { return err }

func TestErrorsSayWhatToCheck(t *testing.T) {
	account := sts.NewAccount("id", "secret", time.Now)
	if err := account.Attach("idle", []byte(`{"Version": "1", "Statement": []}`)); err != nil {
		t.Fatal(err)
	}
	idle := account.Assume("idle", time.Hour)
	address := serve(t, emulator.Options{Account: account})
	late := serve(t, emulator.Options{Account: account, Clock: func() time.Time { return time.Now().Add(time.Hour) }})
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	nobody := httptest.NewServer(nil)
	nobody.Close()
	admin := key("id", "secret", "")
	for name, c := range map[string]struct {
		address, instance string
		key               credentials.Source
		want              []string
	}{
		"key":             {address, "test", key("other", "secret", ""), []string{"OTSAuthFailed", "ALIBABA_CLOUD_ACCESS_KEY_ID:"}},
		"secret":          {address, "test", key("id", "other", ""), []string{"Signature mismatch", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}},
		"token":           {address, "test", key(idle.AccessKeyID, idle.AccessKeySecret, "old"), []string{"OTSAuthFailed", "ALIBABA_CLOUD_SECURITY_TOKEN"}},
		"rights":          {address, "test", key(idle.AccessKeyID, idle.AccessKeySecret, idle.SecurityToken), []string{"OTSNoPermissionAccess", "AliyunOTSFullAccess"}},
		"instance":        {address, "other", admin, []string{"The instance is not found", "TABLESTORE_INSTANCE"}},
		"clock":           {late, "test", admin, []string{"Mismatch between system time", "this machine's clock"}},
		"no host":         {"http://test.cn-nowhere.invalid", "test", admin, []string{"lookup test.cn-nowhere.invalid", "TABLESTORE_ENDPOINT"}},
		"closed":          {nobody.URL, "test", admin, []string{"connection refused", "TABLESTORE_ENDPOINT"}},
		"another service": {other.URL, "test", admin, []string{"404 page not found", "what answers there is not Tablestore"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := tablestore.New(tablestore.Config{Endpoint: c.address, Instance: c.instance, Credentials: c.key})
			_, err := changes(t, client, false)
			explained(t, tablestore.Explain(err), c.want)
		})
	}
}

// explained requires one line that has all words.
func explained(t *testing.T, err error, words []string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range append(words, "Check ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than a line", err)
	}
}
