package metrics

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// access is a line as functions print it.
func access(function, route string, status int, ms float64) string {
	return fmt.Sprintf(`[q] {"time":"2026-01-31T00:00:00Z","level":"INFO","msg":"access","request_id":"1-abc","function":%q,"route":%q,"status":%d,`+
		`"duration_ms":%g,"bytes":10,"tablestore_calls":2,"oss_calls":1,"read_units":3,"write_units":4,"user":"ann"}`+"\n", function, route, status, ms)
}

func (c *Collector) add(t *testing.T, text string) {
	t.Helper()
	if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("wrote %d of %d, %v", n, len(text), err)
	}
}

// scrape asks as a monitoring system does.
func (c *Collector) scrape(t *testing.T) parsed {
	t.Helper()
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if got := w.Header().Get("Content-Type"); got != "application/openmetrics-text; version=1.0.0; charset=utf-8" {
		t.Errorf("Content-Type is %s", got)
	}
	samples, err := parse(w.Body.String())
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.Body)
	}
	return samples
}

func TestAccessLinesAreCounted(t *testing.T) {
	c := new(Collector)
	if got := c.scrape(t); len(got) > 0 {
		t.Errorf("before any line: %v", got)
	}
	const latest, all = `function="q",route="GET /{name}/releases/latest"`, `function="q",route="GET /{name}/releases"`
	c.add(t, access("q", "GET /{name}/releases/latest", 200, 1)+"[q] FC Invoke End RequestId: 1\n"+access("q", "GET /{name}/releases/latest", 200, 3))
	c.add(t, access("q", "GET /{name}/releases/latest", 404, 20_000))
	c.add(t, access("q", "GET /{name}/releases", 200, 0))
	got := c.scrape(t)
	wanted := parsed{
		`registry_requests_total{` + latest + `,status="200"}`:                 2,
		`registry_requests_total{` + latest + `,status="404"}`:                 1,
		`registry_requests_total{` + all + `,status="200"}`:                    1,
		`registry_request_duration_seconds_bucket{` + latest + `,le="0.001"}`:  1,
		`registry_request_duration_seconds_bucket{` + latest + `,le="0.0025"}`: 1,
		`registry_request_duration_seconds_bucket{` + latest + `,le="0.005"}`:  2,
		`registry_request_duration_seconds_bucket{` + latest + `,le="10.0"}`:   2,
		`registry_request_duration_seconds_bucket{` + latest + `,le="+Inf"}`:   3,
		`registry_request_duration_seconds_sum{` + latest + `}`:                20.004,
		`registry_request_duration_seconds_count{` + latest + `}`:              3,
		`registry_response_bytes_total{` + latest + `}`:                        30,
		`registry_storage_calls_total{` + latest + `,service="tablestore"}`:    6,
		`registry_storage_calls_total{` + latest + `,service="oss"}`:           3,
		`registry_capacity_units_total{` + latest + `,kind="read"}`:            9,
		`registry_capacity_units_total{` + latest + `,kind="write"}`:           12,
	}
	for name, want := range wanted {
		if value, ok := got[name]; !ok || value-want > 1e-9 || want-value > 1e-9 {
			t.Errorf("%s is %g, %t; want %g", name, value, ok, want)
		}
	}
}

func TestOtherLinesAreNotCounted(t *testing.T) {
	c := new(Collector)
	c.add(t, strings.Join([]string{
		"", "[q] ", `[q] {"msg":"request failed","error":"\"msg\":\"access\""}`, `[q] {"msg":"access"`, `[q] "msg":"access"`, `[q] {"msg":"access","status":"200"}`,
	}, "\n")+"\n")
	if got := c.scrape(t); len(got) > 0 {
		t.Errorf("counted %v", got)
	}
}

func TestStrangeNamesAreEscaped(t *testing.T) {
	c := new(Collector)
	c.add(t, access("a\"b\\c\nd", `GET /{name}`, 200, 1))
	if _, ok := c.scrape(t)[`registry_requests_total{function="a\"b\\c\nd",route="GET /{name}",status="200"}`]; !ok {
		t.Error("it is not there")
	}
}

func TestManyWriteAtOnce(t *testing.T) {
	c := new(Collector)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for i := range 100 {
				c.Write([]byte(access("q", "GET /", 200, float64(i)))) //nolint:errcheck // never fails
				c.text()
			}
		})
	}
	writers.Wait()
	if got := c.scrape(t)[`registry_requests_total{function="q",route="GET /",status="200"}`]; got != 800 {
		t.Errorf("counted %g", got)
	}
}

// The parser must see what is wrong, or the tests above could not fail.
func TestTheParserRefuses(t *testing.T) {
	const head = "# TYPE a_seconds histogram\n# HELP a_seconds A.\n"
	const counter = "# TYPE a counter\n# HELP a A.\n"
	for what, text := range map[string]string{
		"no end":                    counter + "a_total 1.0\n",
		"something after the end":   counter + "# EOF\na_total 1.0\n# EOF\n",
		"no help":                   "# TYPE a counter\na_total 1.0\n# EOF\n",
		"no type":                   "# HELP a A.\na_total 1.0\n# EOF\n",
		"a counter without a total": counter + "a 1.0\n# EOF\n",
		"another name":              counter + "b_total 1.0\n# EOF\n",
		"a family in two parts":     counter + "a_total 1.0\n# TYPE b counter\n# HELP b B.\n# TYPE a counter\n# EOF\n",
		"the same labels":           counter + "a_total{x=\"1\"} 1.0\na_total{x=\"1\"} 2.0\n# EOF\n",
		"a quote":                   counter + "a_total{x=\"a\"b\"} 1.0\n# EOF\n",
		"a negative counter":        counter + "a_total -1.0\n# EOF\n",
		"no number":                 counter + "a_total x\n# EOF\n",
		"an empty line":             counter + "\na_total 1.0\n# EOF\n",
		"a comment":                 counter + "# a comment\n# EOF\n",
		"a unit not in the name":    "# TYPE a counter\n# UNIT a bytes\n# HELP a A.\n# EOF\n",
		"buckets that fall":         head + "a_seconds_bucket{le=\"1.0\"} 2.0\na_seconds_bucket{le=\"+Inf\"} 1.0\n# EOF\n",
		"bounds that fall":          head + "a_seconds_bucket{le=\"2.0\"} 1.0\na_seconds_bucket{le=\"1.0\"} 1.0\n# EOF\n",
		"a count that is another":   head + "a_seconds_bucket{x=\"1\",le=\"+Inf\"} 2.0\na_seconds_count{x=\"1\"} 1.0\n# EOF\n",
		"no bucket of all":          head + "a_seconds_bucket{x=\"1\",le=\"1.0\"} 2.0\na_seconds_count{x=\"1\"} 2.0\n# EOF\n",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}
