package tablestore

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// crashStore is set in the child process that TestAcknowledgedWritesSurviveKill
// starts: the store that it writes to until it is killed.
const crashStore = "TABLESTORE_TEST_CRASH_STORE"

const crashTable = "crash"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashStore); path != "" {
		if err := writeForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// openStore returns a client of an emulator over the store at path.
func openStore(path string) (*sdk.TableStoreClient, func() error, error) {
	service, err := Open(Options{Instance: testInstance, Account: sts.NewAccount(testID, testSecret, time.Now), Path: path})
	if err != nil {
		return nil, nil, err
	}
	server := httptest.NewServer(service)
	a := access{endpoint: server.URL, instance: testInstance, id: testID, secret: testSecret}
	return a.client(nil), func() error {
		server.Close()
		return service.Close()
	}, nil
}

// writeForEver increments a counter and puts a row for each sum, and prints the
// sum once both are acknowledged.
func writeForEver(path string) error {
	client, _, err := openStore(path)
	if err != nil {
		return err
	}
	for {
		r, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: increment(crashTable, 1)})
		if err != nil {
			return err
		}
		n := r.Columns[0].Value.(int64)
		change := putChange(crashTable, rowKey("row", n), column{"c", strings.Repeat(strconv.FormatInt(n, 10), 100)})
		if _, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change}); err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	client, closeStore, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	createCrashTable(t, client)
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []int64
	for range 5 {
		more := writeUntilKilled(t, path)
		if len(more) == 0 {
			t.Fatal("nothing was acknowledged")
		}
		acknowledged = append(acknowledged, more...)
		checkStore(t, path, acknowledged)
	}
}

func createCrashTable(t *testing.T, client *sdk.TableStoreClient) {
	t.Helper()
	meta := &sdk.TableMeta{TableName: crashTable}
	meta.AddPrimaryKeyColumn("p", sdk.PrimaryKeyType_STRING)
	meta.AddPrimaryKeyColumn("n", sdk.PrimaryKeyType_INTEGER)
	_, err := client.CreateTable(&sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1},
		ReservedThroughput: &sdk.ReservedThroughput{},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writeUntilKilled runs a child that writes, kills it at a random moment after
// its first acknowledgement, and returns the sums that it acknowledged.
func writeUntilKilled(t *testing.T, path string) (acknowledged []int64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashStore+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(5*time.Minute, func() { child.Process.Kill() })
	defer stuck.Stop()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(acknowledged) == 0 {
			time.AfterFunc(rand.N(200*time.Millisecond), func() { child.Process.Kill() })
		}
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, n)
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child ended with %v, want it killed", err)
	}
	return acknowledged
}

// checkStore opens the store and looks for all that was acknowledged. The
// counter may be one ahead: its answer, or the row's, was on its way.
func checkStore(t *testing.T, path string, acknowledged []int64) {
	t.Helper()
	client, closeStore, err := openStore(path)
	if err != nil {
		t.Fatalf("the store does not open after the kill: %v", err)
	}
	for _, n := range acknowledged {
		want := strings.Repeat(strconv.FormatInt(n, 10), 100)
		if got := get(t, client, criteria(crashTable, rowKey("row", n))).Columns; len(got) != 1 || got[0].Value != want {
			t.Errorf("row %d was acknowledged and is %q", n, show(sdk.PrimaryKey{}, got))
		}
	}
	count := get(t, client, criteria(crashTable, rowKey("a", 1))).Columns[0].Value.(int64)
	last := acknowledged[len(acknowledged)-1]
	if count != last && count != last+1 {
		t.Errorf("counter is %d after %d was acknowledged", count, last)
	}
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
}
