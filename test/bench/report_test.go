package main

import (
	"strings"
	"testing"
)

func TestTheTableShowsEachKindOfRow(t *testing.T) {
	c := comparison{Ours: speed{Rate: 12345.6, P50: 1.234, P99: 9}, Base: speed{Rate: 100000, P50: 0.1, P99: 0.2}, Ratio: 0.12345, CPU: "CPU"}
	r := report{
		Machine: "machine",
		Rows: []row{
			withAims(compared(go1, "latest", c, bareName), 0.10),
			{Runtime: go1, Name: "start", Value: 15.25, Unit: "ms", Aims: []aim{{"at most 15 ms", false}}, Note: "noted"},
			{Runtime: custom, Name: "cost", Cost: &cost{ReadUnits: 1, WriteUnits: 2}},
		},
		Notes: []string{"how"},
	}
	want := `machine

| runtime | measured | result | p50 ms | p99 ms | compared with | ratio | aim | note |
|---|---|--:|--:|--:|--:|--:|---|---|
| go1 | latest | 12,346 /s | 1.23 | 9.00 | bare: 100,000 /s | 12.3 % | at least 10 %: met; p99 under 5 x p50: **missed** | CPU; bare: p99 is 2.0 x p50 |
| go1 | start | 15.2 ms |  |  |  |  | at most 15 ms: **missed** | noted |
| custom | cost | 1 + 2 CU |  |  |  |  |  |  |

- how
`
	var got strings.Builder
	if err := r.write(&got); err != nil || got.String() != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got.String(), want)
	}
}

func TestThousands(t *testing.T) {
	for digits, want := range map[string]string{"1": "1", "123": "123", "1234": "1,234", "100000": "100,000", "1234567": "1,234,567"} {
		if got := thousands(digits); got != want {
			t.Errorf("%s: got %s, want %s", digits, got, want)
		}
	}
}
