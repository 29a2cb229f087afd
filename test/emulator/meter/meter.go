// Package meter counts what calls to the emulated services would cost.
package meter

import (
	"cmp"
	"slices"
	"sync"
)

// Key names one kind of call.
type Key struct {
	Service   string // tablestore, oss, fc
	Operation string // GetRow, PutObject, Invoke, ...
	Resource  string // table, bucket, function
}

// Count is what calls of one kind came to.
type Count struct {
	Calls int64
	// Read and Write are Tablestore capacity units (4 KB each, rounded up).
	Read, Write int64
}

// Row is one line of a Snapshot.
type Row struct {
	Key
	Count
}

// Meter adds up calls. Its zero value is ready; nil counts nothing. It is
// safe for concurrent use.
type Meter struct {
	mu     sync.Mutex
	counts map[Key]Count
}

// Add counts one call and its capacity units.
func (m *Meter) Add(k Key, read, write int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = make(map[Key]Count)
	}
	c := m.counts[k]
	c.Calls++
	c.Read += int64(read)
	c.Write += int64(write)
	m.counts[k] = c
}

// Snapshot returns all counts, sorted by service, operation and resource.
func (m *Meter) Snapshot() []Row {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := make([]Row, 0, len(m.counts))
	for k, c := range m.counts {
		rows = append(rows, Row{k, c})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(a.Service, b.Service),
			cmp.Compare(a.Operation, b.Operation),
			cmp.Compare(a.Resource, b.Resource),
		)
	})
	return rows
}

// Reset sets all counts to zero.
func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts = nil
}
