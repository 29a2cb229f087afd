// Package metrics counts the access lines of functions, and shows the counts as
// OpenMetrics 1.0 text, for Prometheus and its like.
package metrics

import (
	"bytes"
	"encoding/json"
	"sync"
)

// Collector counts the access lines in what functions print. Its zero value is
// ready. It is safe for concurrent use.
type Collector struct {
	mu     sync.Mutex
	routes map[route]*counts
}

// route is what is counted by itself.
type route struct{ function, route string }

// counts are those of a route.
type counts struct {
	statuses          map[int]int64
	buckets           [len(bounds)]int64 // requests that took as long as the bound at most, and longer than the one before
	seconds           float64
	bytes             int64
	tablestore, oss   int64
	readUnits, writes int64
}

// line is an access line, as pkg/fcrun writes it.
type line struct {
	Message    string  `json:"msg"`
	Function   string  `json:"function"`
	Route      string  `json:"route"`
	Status     int     `json:"status"`
	DurationMS float64 `json:"duration_ms"`
	Bytes      int64   `json:"bytes"`
	Tablestore int64   `json:"tablestore_calls"`
	OSS        int64   `json:"oss_calls"`
	ReadUnits  int64   `json:"read_units"`
	WriteUnits int64   `json:"write_units"`
}

// Write takes whole lines, each with its function's name in brackets before it.
// Those that are no access line count as nothing.
func (c *Collector) Write(text []byte) (int, error) {
	for one := range bytes.Lines(text) {
		start := bytes.IndexByte(one, '{')
		if start < 0 || !bytes.Contains(one, []byte(`"msg":"access"`)) {
			continue
		}
		var l line
		if json.Unmarshal(one[start:], &l) == nil && l.Message == "access" {
			c.count(l)
		}
	}
	return len(text), nil
}

func (c *Collector) count(l line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.routes == nil {
		c.routes = make(map[route]*counts)
	}
	of := route{l.Function, l.Route}
	n := c.routes[of]
	if n == nil {
		n = &counts{statuses: make(map[int]int64)}
		c.routes[of] = n
	}
	seconds := l.DurationMS / 1000
	n.statuses[l.Status]++
	n.buckets[bucket(seconds)]++
	n.seconds += seconds
	n.bytes += l.Bytes
	n.tablestore += l.Tablestore
	n.oss += l.OSS
	n.readUnits += l.ReadUnits
	n.writes += l.WriteUnits
}
