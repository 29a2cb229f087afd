package faults

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// at is an operation from one moment to another.
func at(call, end int64, in input, out output) porcupine.Operation {
	in.pkg = "p"
	return porcupine.Operation{ClientId: int(call), Input: in, Output: out, Call: call, Return: end}
}

// TestModelRefusesBrokenPromises shows that the check of histories can fail.
func TestModelRefusesBrokenPromises(t *testing.T) {
	publish := func(call, end int64, how string) porcupine.Operation {
		return at(call, end, input{do: publishing, version: 1}, output{how: how})
	}
	remove := func(call, end int64, how string) porcupine.Operation {
		return at(call, end, input{do: deleting, version: 1}, output{how: how})
	}
	latest := func(call, end int64, version int) porcupine.Operation {
		return at(call, end, input{do: asking}, output{latest: version})
	}
	all := func(call, end int64, list uint64) porcupine.Operation {
		return at(call, end, input{do: listing, nobody: true}, output{list: list})
	}
	hide := at(4, 5, input{do: hiding}, output{how: done})
	for _, c := range []struct {
		name       string
		rows, head bool
		history    []porcupine.Operation
	}{
		{"one after the other", true, true, []porcupine.Operation{publish(0, 1, done), latest(2, 3, 1), all(2, 3, 0b11)}},
		{"a number used twice", false, false, []porcupine.Operation{publish(0, 1, done), publish(2, 3, done)}},
		{"a number used again after its deletion", false, false, []porcupine.Operation{publish(0, 1, done), remove(2, 3, done), publish(4, 5, done)}},
		{"taken by nobody", false, true, []porcupine.Operation{publish(0, 1, taken)}},
		{"an acknowledged release is not in all", false, true, []porcupine.Operation{publish(0, 1, done), all(2, 3, 0b1)}},
		{"latest lacks an acknowledged release", true, false, []porcupine.Operation{publish(0, 1, done), latest(2, 3, 0)}},
		{"latest lags while the publish is under way", true, true, []porcupine.Operation{publish(0, 9, done), all(1, 2, 0b11), latest(3, 4, 0)}},
		{"latest goes back", true, false, []porcupine.Operation{publish(0, 9, done), latest(1, 2, 1), latest(3, 4, 0)}},
		{"latest names what was deleted", true, false, []porcupine.Operation{publish(0, 1, done), remove(2, 3, done), latest(4, 5, 1)}},
		{"a private package is seen by nobody", true, true, []porcupine.Operation{hide, all(6, 7, 0)}},
		{"a private package is listed", false, true, []porcupine.Operation{hide, all(6, 7, 0b1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := porcupine.CheckOperations(newModel(false), c.history)
			head := porcupine.CheckOperations(newModel(true), c.history)
			if rows != c.rows || head != c.head {
				t.Errorf("by the rows %v, by the head %v; want %v, %v", rows, head, c.rows, c.head)
			}
		})
	}
}
