package registry

import (
	"sync"
	"time"
)

// Limits of what an instance holds of upstreams' answers: for how long, and how
// many bytes of texts.
const (
	maxHeld      = time.Minute
	maxHeldBytes = 8 << 20
)

// held are the answers in an instance's memory: a package that is asked for
// again and again costs no read of what is kept of it.
type held struct {
	mu      sync.Mutex
	answers map[asked]heldAnswer
	bytes   int
}

type asked struct {
	name string
	q    Question
}

type heldAnswer struct {
	Answer
	until time.Time
	bytes int
}

func (h *held) get(key asked, now time.Time) (Answer, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok := h.answers[key]
	return a.Answer, ok && now.Before(a.until)
}

// put holds an answer; when there is no more room, it alone.
func (h *held) put(key asked, a Answer, until time.Time) {
	entry := heldAnswer{a, until, a.size()}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bytes += entry.bytes - h.answers[key].bytes
	if h.answers == nil || h.bytes > maxHeldBytes {
		h.answers, h.bytes = make(map[asked]heldAnswer), entry.bytes
	}
	h.answers[key] = entry
}

// size is about how many bytes an answer takes.
func (a Answer) size() int {
	const plain = 1000
	bytes := plain
	for _, r := range a.Releases {
		bytes += plain + r.Texts.size() + r.English.size()
	}
	return bytes
}

func (t Texts) size() int {
	return len(t.Publish) + len(t.VersionBody) + len(t.Readme) + len(t.Syaml) + len(t.Flow)
}
