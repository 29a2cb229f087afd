package main

import (
	"math"
	"testing"
)

func TestAnOperationsPriceIsThatOfItsCalls(t *testing.T) {
	sizes := map[string]size{
		"fc-registry-gateway": {Name: "fc-registry-gateway", CPU: 0.1, Memory: 128},
		"fc-registry-ingest":  {Name: "fc-registry-ingest", CPU: 0.5, Memory: 1024},
	}
	for name, test := range map[string]struct {
		cost     cost
		together float64
		want     float64 // yuan a million
	}{
		"nothing":     {cost{}, 1, 0},
		"a read":      {cost{ReadUnits: 1}, 1, 1},
		"a write":     {cost{WriteUnits: 1}, 1, 2},
		"a PUT":       {cost{OSSCalls: 1}, 1, 1},
		"a call":      {cost{Calls: []call{{"fc", "InvokeFunction", "fc-registry-gateway", 1}}}, 1, 0.825 + 0.22 + 0.04125},
		"ten at once": {cost{Calls: []call{{"fc", "InvokeFunction", "fc-registry-gateway", 1}}}, 10, 0.825 + 0.022 + 0.004125},
		"two long":    {cost{Calls: []call{{"fc", "InvokeFunction", "fc-registry-ingest", 2}}}, 1, 2 * (0.825 + 16.5 + 4.95)},
	} {
		if got := 1e6 * test.cost.yuan(sizes, test.together); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v yuan a million, want %v", name, got, test.want)
		}
	}
}

func TestEveryFunctionHasASize(t *testing.T) {
	sizes, err := readSizes("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(sizes) == 0 {
		t.Error("s.yaml has no function")
	}
	for name, s := range sizes {
		if s.CPU == 0 || s.Memory == 0 {
			t.Errorf("%q: %+v", name, s)
		}
	}
}
