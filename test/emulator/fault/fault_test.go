package fault

import (
	"net/http"
	"testing"
	"time"
)

func TestRuleActsOnlyOnTheNthMatchingCall(t *testing.T) {
	var plan Plan
	plan.Add(Rule{Operation: "PutRow", Resource: "t", Nth: 2, Action: Fail, Failure: Failure{Status: 503}})
	calls := []struct {
		call Call
		fail bool
	}{
		{Call{"PutRow", "t"}, false},
		{Call{"PutRow", "other"}, false},
		{Call{"GetRow", "t"}, false},
		{Call{"PutRow", "t"}, true},
		{Call{"PutRow", "t"}, false},
	}
	for i, c := range calls {
		v := plan.Judge(t.Context(), c.call)
		if (v.Failure != nil) != c.fail {
			t.Errorf("call %d %v: failure %v, want %v", i, c.call, v.Failure, c.fail)
		}
	}
}

func TestZeroNthActsOnEveryCallUntilCleared(t *testing.T) {
	var plan Plan
	plan.Add(Rule{Action: Drop})
	for range 3 {
		if !plan.Judge(t.Context(), Call{"Any", "thing"}).Drop {
			t.Fatal("a rule without Nth let a call pass")
		}
	}
	plan.Clear()
	if plan.Judge(t.Context(), Call{"Any", "thing"}).Drop {
		t.Error("a cleared rule still acts")
	}
}

func TestDelayHoldsTheCall(t *testing.T) {
	var plan Plan
	plan.Add(Rule{Action: Delay, Delay: 20 * time.Millisecond})
	start := time.Now()
	plan.Judge(t.Context(), Call{})
	if took := time.Since(start); took < 20*time.Millisecond {
		t.Errorf("held for %v, want at least 20ms", took)
	}
}

func TestNilPlanLetsCallsPass(t *testing.T) {
	var plan *Plan
	if v := plan.Judge(t.Context(), Call{}); v.Drop || v.Failure != nil {
		t.Errorf("nil plan said %+v", v)
	}
}

func TestWatchTellsOfTheCallAndLetsItPass(t *testing.T) {
	var plan Plan
	var seen []Call
	plan.Add(Rule{Operation: "PutRow", Action: Watch, Hook: func(c Call) { seen = append(seen, c) }})
	for _, c := range []Call{{"PutRow", "a"}, {"GetRow", "a"}, {"PutRow", "b"}} {
		if v := plan.Judge(t.Context(), c); v.Drop || v.Failure != nil {
			t.Errorf("%v: %+v", c, v)
		}
	}
	if len(seen) != 2 || seen[0].Resource != "a" || seen[1].Resource != "b" {
		t.Errorf("told of %v", seen)
	}
}

func TestAbortTellsOfTheDroppedCallAndEndsTheRequest(t *testing.T) {
	var plan Plan
	var seen []Call
	plan.Add(Rule{Action: Drop, Hook: func(c Call) { seen = append(seen, c) }})
	plan.Add(Rule{Action: Drop})
	v := plan.Judge(t.Context(), Call{"PutRow", "a"})
	if !v.Drop || len(seen) != 0 {
		t.Fatalf("%+v; told of %v before the call was applied", v, seen)
	}
	defer func() {
		if r := recover(); r != http.ErrAbortHandler || len(seen) != 1 {
			t.Errorf("recovered %v, told of %v", r, seen)
		}
	}()
	v.Abort()
}
