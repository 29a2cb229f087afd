package main

import (
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	tests := map[string]struct {
		sorted []time.Duration
		p      float64
		want   time.Duration
	}{
		"of nothing":                    {nil, 50, 0},
		"of one":                        {[]time.Duration{7}, 99, 7},
		"half of an even number":        {[]time.Duration{1, 2, 3, 4}, 50, 2},
		"half of an odd number":         {[]time.Duration{1, 2, 3}, 50, 2},
		"99 of a hundred":               {hundred, 99, 99},
		"99 of less is the largest":     {hundred[:10], 99, 10},
		"none below is still the least": {hundred, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := percentile(test.sorted, test.p); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestMedian(t *testing.T) {
	for want, values := range map[float64][]float64{0: nil, 4: {4}, 2: {9, 1, 2}, 2.5: {4, 1, 2, 3}} {
		if got := median(values); got != want {
			t.Errorf("median of %v: got %v, want %v", values, got, want)
		}
	}
}

func TestMeasureSumsUp(t *testing.T) {
	got := measure([]time.Duration{3 * time.Millisecond, 1 * time.Millisecond, 2 * time.Millisecond}, 6*time.Millisecond)
	if want := (speed{Rate: 500, P50: 2, P99: 3, All: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
