package meter

import (
	"slices"
	"testing"
)

func TestSnapshotIsSortedAndSummed(t *testing.T) {
	var m Meter
	get := Key{"tablestore", "GetRow", "packages"}
	put := Key{"oss", "PutObject", "bucket"}
	m.Add(get, 1, 0)
	m.Add(get, 2, 0)
	m.Add(put, 0, 0)
	want := []Row{
		{put, Count{Calls: 1}},
		{get, Count{Calls: 2, Read: 3}},
	}
	if got := m.Snapshot(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	m.Reset()
	if got := m.Snapshot(); len(got) != 0 {
		t.Errorf("after Reset: %+v", got)
	}
}
