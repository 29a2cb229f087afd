package metrics

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ContentType is that of OpenMetrics text.
const ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"

// bounds are the upper ends of the buckets of durations, in seconds.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, math.Inf(1)}

// bucket returns the index of the first bound that is not below.
func bucket(seconds float64) int {
	i, _ := slices.BinarySearch(bounds[:], seconds)
	return min(i, len(bounds)-1)
}

// ServeHTTP answers with the counts.
func (c *Collector) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	text := c.text()
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // a client that went away is nobody's error
}

// text is all counts, in the order of functions and routes.
func (c *Collector) text() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	order := slices.SortedFunc(maps.Keys(c.routes), func(a, b route) int {
		return cmp.Or(strings.Compare(a.function, b.function), strings.Compare(a.route, b.route))
	})
	var b bytes.Buffer
	family(&b, "registry_requests", "counter", "", "Requests and events that functions have answered.")
	for _, of := range order {
		for _, status := range slices.Sorted(maps.Keys(c.routes[of].statuses)) {
			sample(&b, "registry_requests_total", of, float64(c.routes[of].statuses[status]), "status", strconv.Itoa(status))
		}
	}
	family(&b, "registry_request_duration_seconds", "histogram", "seconds", "How long functions took to answer.")
	for _, of := range order {
		c.routes[of].histogram(&b, of)
	}
	family(&b, "registry_response_bytes", "counter", "bytes", "Sizes of the answers' bodies.")
	for _, of := range order {
		sample(&b, "registry_response_bytes_total", of, float64(c.routes[of].bytes))
	}
	family(&b, "registry_storage_calls", "counter", "", "Calls of the storage services.")
	for _, of := range order {
		sample(&b, "registry_storage_calls_total", of, float64(c.routes[of].tablestore), "service", "tablestore")
		sample(&b, "registry_storage_calls_total", of, float64(c.routes[of].oss), "service", "oss")
	}
	family(&b, "registry_capacity_units", "counter", "", "Capacity units of Tablestore, as it reports them.")
	for _, of := range order {
		sample(&b, "registry_capacity_units_total", of, float64(c.routes[of].readUnits), "kind", "read")
		sample(&b, "registry_capacity_units_total", of, float64(c.routes[of].writes), "kind", "write")
	}
	b.WriteString("# EOF\n")
	return b.Bytes()
}

func (n *counts) histogram(b *bytes.Buffer, of route) {
	const name = "registry_request_duration_seconds"
	var sum int64
	for i, bound := range bounds {
		sum += n.buckets[i]
		sample(b, name+"_bucket", of, float64(sum), "le", number(bound))
	}
	sample(b, name+"_sum", of, n.seconds)
	sample(b, name+"_count", of, float64(sum))
}

// family begins a metric family.
func family(b *bytes.Buffer, name, kind, unit, help string) {
	fmt.Fprintf(b, "# TYPE %s %s\n", name, kind)
	if unit != "" {
		fmt.Fprintf(b, "# UNIT %s %s\n", name, unit)
	}
	fmt.Fprintf(b, "# HELP %s %s\n", name, help)
}

// sample writes one value; more are a label's name and value.
func sample(b *bytes.Buffer, name string, of route, value float64, more ...string) {
	fmt.Fprintf(b, `%s{function="%s",route="%s"`, name, escape(of.function), escape(of.route))
	if len(more) > 0 {
		fmt.Fprintf(b, `,%s="%s"`, more[0], escape(more[1]))
	}
	fmt.Fprintf(b, "} %s\n", number(value))
}

// number is a value in its canonical form, which has a point or an exponent.
func number(v float64) string {
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if strings.ContainsAny(text, ".e") {
		return text
	}
	return text + ".0"
}

func escape(label string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(label)
}
