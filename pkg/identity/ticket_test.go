package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

// box makes tickets for ten minutes, at a time that a test moves.
type box struct {
	identity.Tickets
	now time.Time
}

func newBox() *box {
	b := &box{now: time.Unix(1_750_000_000, 500_000_000)}
	b.Tickets = identity.Tickets{Key: masterKey(), Clock: func() time.Time { return b.now }, TTL: 10 * time.Minute}
	return b
}

func TestATicketIsForOneRelease(t *testing.T) {
	b := newBox()
	ticket := b.Ticket("Hello", "1.0.0-rc.1+b")
	for _, name := range []string{"Hello", "hello", "HELLO"} {
		if !b.Admits(ticket, name, "1.0.0-rc.1+b") {
			t.Errorf("it is not good for %s", name)
		}
	}
	for _, other := range [][2]string{
		{"hello", "1.0.0"}, {"hello", "1.0.0-rc.1"}, {"hello", "1.0.0-RC.1+b"}, {"hello", "^1.0.0-rc.1"}, {"hello", ""}, {"", "1.0.0-rc.1+b"},
		{"hello1", "1.0.0-rc.1+b"}, {"hell", "1.0.0-rc.1+b"}, {"hello\x001.0.0-rc.1+b", ""}, {"", "hello\x001.0.0-rc.1+b"}, {"hello", "1.0.0-rc.1+b\x00"},
	} {
		if b.Admits(ticket, other[0], other[1]) {
			t.Errorf("it is good for %q %q", other[0], other[1])
		}
	}
	if strings.ContainsAny(ticket, "+/= &?%") {
		t.Errorf("%q can't stand in an address as it is", ticket)
	}
}

func TestATicketEnds(t *testing.T) {
	b := newBox()
	ticket := b.Ticket("hello", "1.0.0")
	for _, step := range []struct {
		after time.Duration
		good  bool
	}{
		{0, true}, {5 * time.Minute, true}, {10*time.Minute - time.Second, true}, {10 * time.Minute, false}, {time.Hour, false}, {100 * 365 * 24 * time.Hour, false},
	} {
		later := newBox()
		later.now = later.now.Add(step.after)
		if later.Admits(ticket, "hello", "1.0.0") != step.good {
			t.Errorf("after %v it is good: %t", step.after, !step.good)
		}
	}
}

func TestAlteredTicketsAreRefused(t *testing.T) {
	b := newBox()
	ticket := b.Ticket("hello", "1.0.0")
	end, signature, _ := strings.Cut(ticket, ".")
	longer := newBox()
	longer.now = longer.now.Add(time.Hour)
	extended, _, _ := strings.Cut(longer.Ticket("hello", "1.0.0"), ".")
	stranger := newBox()
	stranger.Key = identity.Key(strings.Repeat("x", identity.MinKey))
	users := newRegistered()
	for name, altered := range map[string]string{
		"nothing":             "",
		"a dot":               ".",
		"no signature":        end + ".",
		"only an end":         end,
		"no end":              "." + signature,
		"only a signature":    signature,
		"extended":            extended + "." + signature,
		"a leading zero":      "0" + ticket,
		"a sign":              "+" + ticket,
		"a space":             " " + ticket,
		"one more character":  ticket + "A",
		"one less":            ticket[:len(ticket)-1],
		"padding":             ticket + "=",
		"another case":        strings.ToUpper(ticket),
		"another key's":       stranger.Ticket("hello", "1.0.0"),
		"another release's":   b.Ticket("hello", "1.0.1"),
		"a token":             users.add(t, "alice"),
		"a token's signature": end + "." + strings.TrimPrefix(users.add(t, "hello"), "fcr_"),
		"two ends":            extended + "." + ticket,
	} {
		if b.Admits(altered, "hello", "1.0.0") {
			t.Errorf("%s: %q is good", name, altered)
		}
	}
	for i := range ticket {
		changed := []byte(ticket)
		changed[i] ^= 1
		if b.Admits(string(changed), "hello", "1.0.0") {
			t.Errorf("with byte %d changed it is good", i)
		}
	}
	if !b.Admits(ticket, "hello", "1.0.0") {
		t.Error("the ticket itself is not good")
	}
}

func FuzzTicket(f *testing.F) {
	b := newBox()
	ticket := b.Ticket("hello", "1.0.0")
	f.Add(ticket, "hello", "1.0.0", int64(0))
	f.Add(ticket, "HELLO", "1.0.0", int64(599))
	f.Add(ticket, "hello", "1.0.0", int64(600))
	f.Add(ticket, "hello", "1.0.1", int64(0))
	f.Add("", "", "", int64(-1))
	f.Add("9999999999."+strings.Repeat("A", 43), "hello", "1.0.0", int64(0))
	f.Add("1750000600", "hello\x001.0.0", "", int64(0))
	f.Fuzz(func(t *testing.T, text, name, version string, seconds int64) {
		b := newBox()
		b.now = b.now.Add(time.Duration(seconds%1e6) * time.Second)
		good := text == ticket && strings.ToLower(name) == "hello" && version == "1.0.0" && seconds%1e6 < 600
		if b.Admits(text, name, version) != good {
			t.Fatalf("%q is good for %q %q after %d seconds: %t", text, name, version, seconds, !good)
		}
	})
}
