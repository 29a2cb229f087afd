package e2e

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// failure lets the storage refuse a call: its error is logged once, where it
// happened, under the request's id and with the service's own.
func (d *logDay) failure(t *testing.T) {
	from := len(d.log.text())
	d.meter.Reset()
	d.tables.Add(fault.Rule{Operation: "GetRow", Action: fault.Fail, Failure: fault.Failure{Status: 403, Code: "OTSAuthFailed", Message: "by the test"}})
	a := d.ask(t, "GET", "/private/releases/latest", nil, bearer(d.Token))
	d.tables.Clear()
	if a.status != 500 || strings.Contains(string(a.body), "OTS") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if lines := d.accessLines(t, from, 2); len(lines) != 2 || lines[0].Status != 500 || lines[1].Status != 500 {
		t.Errorf("lines %+v", lines)
	}
	errors := 0
	for _, line := range d.log.lines(t, from) {
		if line.Message == "request failed" {
			errors++
			if line.Printer != "fc-registry-query-latest" || line.RequestID != a.header.Get("X-Fc-Request-Id") {
				t.Errorf("line %+v", line)
			}
		}
	}
	if text := d.log.text()[from:]; errors != 1 || !regexp.MustCompile(`OTSAuthFailed by the test [0-9A-Z]+-[0-9a-f]+`).MatchString(text) {
		t.Errorf("%d errors in %s", errors, text)
	}
}

// outage makes a function fail while a ticket is on its way to it: it is the
// gateway that logs why, once.
func (d *logDay) outage(t *testing.T) {
	from := len(d.log.text())
	d.functions.Add(fault.Rule{
		Operation: "InvokeFunction", Resource: "fc-registry-download", Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "ServiceUnavailable", Message: "by the test"},
	})
	a := d.ask(t, "GET", d.zipball, nil, nil)
	d.functions.Clear()
	if a.status != 503 {
		t.Errorf("%d %s", a.status, a.body)
	}
	var said []logged
	eventually(t, "the gateway has an access line", func() bool {
		said = d.log.lines(t, from)
		return len(said) > 0 && said[len(said)-1].Message == "access"
	})
	if len(said) != 2 || said[0].Message != "request failed" || said[0].RequestID != said[1].RequestID || said[1].Status != 503 {
		t.Errorf("lines %+v", said)
	}
}

// crowd asks many times at once: each request has its two lines.
func (d *logDay) crowd(t *testing.T) {
	from := len(d.log.text())
	d.meter.Reset()
	const many = 60
	ids := make([]string, many)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			a, err := exchange(t.Context(), "GET", d.Registry+"/v3/packages/private/release?n="+strconv.Itoa(i), nil, bearer(d.Token))
			if err != nil || a.status != 200 {
				t.Errorf("%d, %v", a.status, err)
				return
			}
			ids[i] = a.header.Get("X-Fc-Request-Id")
		})
	}
	all.Wait()
	lines := d.accessLines(t, from, 2*many)
	d.compare(t, "many at once", lines, 0)
	count := make(map[string]int)
	for _, line := range lines {
		count[line.RequestID+line.Printer]++
	}
	for _, id := range ids {
		if count[id+"fc-registry-gateway"] != 1 || count[id+"fc-registry-query-all"] != 1 {
			t.Errorf("request %q has %d and %d lines", id, count[id+"fc-registry-gateway"], count[id+"fc-registry-query-all"])
		}
	}
}

// metrics requires that every line was counted, at an address that is not the
// registry's.
func (d *logDay) metrics(t *testing.T) {
	if a := d.get(t, "/metrics"); a.status != 404 {
		t.Errorf("the registry shows metrics: %d %s", a.status, a.body)
	}
	lines := 0
	for _, line := range d.log.lines(t, 0) {
		if line.Message == "access" {
			lines++
		}
	}
	eventually(t, "the metrics count every line", func() bool {
		total := 0.0
		for _, sample := range regexp.MustCompile(`(?m)^registry_requests_total\{.*\} (\S+)$`).FindAllSubmatch(d.send(t, "GET", d.Metrics, nil, nil).body, -1) {
			n, err := strconv.ParseFloat(string(sample[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			total += n
		}
		return total >= float64(lines)
	})
}
