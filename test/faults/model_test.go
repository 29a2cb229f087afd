package faults

import (
	"fmt"
	"math/bits"

	"github.com/anishathalye/porcupine"
)

// What is promised of one package, to many clients at once:
//
// The rows. A publish takes effect at one moment between its request and its
// answer, when its release's row is inserted; a deletion when the row is marked.
// Every answer of all releases, and every refusal of a publish or a deletion,
// is as if it was given at one moment between these (linearizable).
//
// The head. The latest release is a register of its own, which follows the rows
// within the same request: a publish or a deletion is answered only after it.
// Every answer of latest is as if given at one moment between these, too: it
// never lacks what was acknowledged before it was asked for, nor names what was
// deleted before.
//
// Not promised is that both registers move at the same moment: while a publish
// is under way, all may have the release that latest does not name yet; and
// while a deletion is under way, latest may name what all has not any more.
// So a history is checked twice, once for each register. The visibility stands
// in the head's row, which both kinds of answer read: it is in both models.

// What clients do.
const (
	publishing = "publish"
	deleting   = "delete"
	listing    = "all"
	asking     = "latest"
	hiding     = "hide"
	showing    = "show"
)

// How it ended.
const (
	done      = "done"
	taken     = "taken"     // of a publish: the number is used
	forbidden = "forbidden" // of a publish: the package is private now
	missing   = "missing"   // of a deletion: there is no such release
)

// input is what a client asks.
type input struct {
	pkg     string
	do      string
	version int  // of publish and delete
	nobody  bool // reads without a login
}

// output is what it was answered.
type output struct {
	how    string
	list   uint64 // of all: a bit for each version
	latest int    // of latest: -1 for none
}

// register is the state of one package. Version n is n.0.0; a number once used
// is never free again.
type register struct {
	used, live uint64
	private    bool
}

func (r register) latest() int { return bits.Len64(r.live) - 1 }

// seen is what a reader may see.
func (r register) seen(nobody bool) register {
	if r.private && nobody {
		r.live = 0
	}
	return r
}

// newModel is that of the rows or of the head; each leaves out what the other
// one answers.
func newModel(head bool) porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation { return byPackage(history, head) },
		Init:      func() any { return register{used: 1, live: 1} }, // 0.0.0 is there
		Step: func(state, in, out any) (bool, any) {
			return state.(register).step(in.(input), out.(output), head)
		},
		DescribeOperation: func(in, out any) string { return describe(in.(input), out.(output)) },
	}
}

func byPackage(history []porcupine.Operation, head bool) [][]porcupine.Operation {
	other := asking
	if head {
		other = listing
	}
	packages := make(map[string][]porcupine.Operation)
	for _, o := range history {
		if in := o.Input.(input); in.do != other {
			packages[in.pkg] = append(packages[in.pkg], o)
		}
	}
	var parts [][]porcupine.Operation
	for _, part := range packages {
		parts = append(parts, part)
	}
	return parts
}

func (r register) step(in input, out output, head bool) (bool, register) {
	bit := uint64(1) << in.version
	switch in.do {
	case publishing:
		return r.published(bit, out, head)
	case deleting:
		if out.how == missing {
			return head || r.live&bit == 0, r
		}
		// Two that delete the same at once may both be told that it is done.
		ok := head || r.used&bit != 0
		r.live &^= bit
		return ok, r
	case hiding:
		r.private = true
		return true, r
	case showing:
		r.private = false
		return true, r
	case listing:
		return out.list == r.seen(in.nobody).live, r
	case asking:
		return out.latest == r.seen(in.nobody).latest(), r
	}
	return false, r
}

func (r register) published(bit uint64, out output, head bool) (bool, register) {
	switch out.how {
	case taken:
		return head || r.used&bit != 0, r
	case forbidden:
		return r.private, r
	}
	ok := r.used&bit == 0
	r.used, r.live = r.used|bit, r.live|bit
	return ok, r
}

func describe(in input, out output) string {
	who := "owner"
	if in.nobody {
		who = "nobody"
	}
	switch in.do {
	case listing:
		return fmt.Sprintf("%s: all of %s: %b", who, in.pkg, out.list)
	case asking:
		return fmt.Sprintf("%s: latest of %s: %d", who, in.pkg, out.latest)
	}
	return fmt.Sprintf("%s %s %d: %s", in.do, in.pkg, in.version, out.how)
}
