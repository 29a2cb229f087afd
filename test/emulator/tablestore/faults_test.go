package tablestore

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

func TestFailedCallHasNoEffect(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.faults.Add(fault.Rule{
		Operation: "PutRow", Resource: table, Nth: 2, Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "Server is busy."},
	})
	put(t, e.client, table, rowKey("a", 1), column{"c", "v"})
	_, err := e.client.PutRow(&sdk.PutRowRequest{PutRowChange: putChange(table, rowKey("a", 2), column{"c", "v"})})
	wantError(t, err, 503, "OTSServerBusy", "Server is busy.")
	put(t, e.client, table, rowKey("a", 3), column{"c", "v"})
	wantKeys(t, scan(t, e.client, everything(table, sdk.FORWARD)), "a/1", "a/3")
}

func TestDroppedAnswerIsOfACallThatWasDone(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.faults.Add(fault.Rule{Operation: "UpdateRow", Resource: table, Nth: 1, Action: fault.Drop})
	_, err := e.client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: increment(table, 1)})
	if err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("got %v, want a connection that ended", err)
	}
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "a 1 count=1")
}

// The SDK tries again when the connection ends, writes too: an increment
// counts twice. Whoever relies on it should see it here.
func TestSDKRepeatsAnIncrementWhoseAnswerIsLost(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.faults.Add(fault.Rule{Operation: "UpdateRow", Nth: 1, Action: fault.Drop})
	client := sdk.NewClient(e.access.endpoint, e.access.instance, e.access.id, e.access.secret)
	update(t, client, increment(table, 1))
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "a 1 count=2")
}

func TestSDKRetriesABusyServer(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.faults.Add(fault.Rule{
		Operation: "PutRow", Nth: 1, Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "Server is busy."},
	})
	client := sdk.NewClient(e.access.endpoint, e.access.instance, e.access.id, e.access.secret)
	put(t, client, table, rowKey("a", 1), column{"c", "v"})
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "a 1 c=v")
}

func TestBatchIsOneCallAboutItsFirstTable(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	e.faults.Add(fault.Rule{Operation: "BatchWriteRow", Resource: table, Nth: 1, Action: fault.Drop})
	batch := newBatch(false, putChange(table, rowKey("a", 1), column{"c", "v"}), putChange(table, rowKey("a", 2), column{"c", "v"}))
	if _, err := e.client.BatchWriteRow(batch); err == nil {
		t.Error("the answer was not dropped")
	}
	wantKeys(t, scan(t, e.client, everything(table, sdk.FORWARD)), "a/1", "a/2")
}

func TestDelayedCall(t *testing.T) {
	e := newEmulator(t)
	table := newTestTable(t, e.client, 1)
	put(t, e.client, table, rowKey("a", 1), column{"c", "v"})
	e.faults.Add(fault.Rule{Operation: "GetRow", Action: fault.Delay, Delay: 50 * time.Millisecond})
	start := time.Now()
	wantRow(t, e.client, criteria(table, rowKey("a", 1)), "a 1 c=v")
	if took := time.Since(start); took < 50*time.Millisecond {
		t.Errorf("answered after %v, want a delay of 50ms", took)
	}
}
