package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
)

func TestAnOrderIsForOneTextAndEnds(t *testing.T) {
	now := time.Unix(1_750_000_000, 0)
	o := &identity.Orders{Key: masterKey(), Clock: func() time.Time { return now }, TTL: time.Minute}
	signature := o.Sign(`{"name":"hello"}`)
	if !o.Admits(signature, `{"name":"hello"}`) {
		t.Error("it is not good")
	}
	end, sum, _ := strings.Cut(signature, ".")
	for _, other := range []string{"", ".", "x", end, sum, "." + sum, end + ".", "9" + signature, signature + "x", end + "." + strings.ToUpper(sum), newBox().Ticket("hello", "1.0.0")} {
		if o.Admits(other, `{"name":"hello"}`) {
			t.Errorf("%q is good", other)
		}
	}
	for _, text := range []string{"", `{"name":"hello2"}`, `{"name":"hello"} `} {
		if o.Admits(signature, text) {
			t.Errorf("it is good for %q", text)
		}
	}
	stranger := &identity.Orders{Key: identity.Key(strings.Repeat("x", identity.MinKey)), Clock: o.Clock, TTL: o.TTL}
	if stranger.Admits(signature, `{"name":"hello"}`) {
		t.Error("it is good with another key")
	}
	if now = now.Add(time.Minute); o.Admits(signature, `{"name":"hello"}`) {
		t.Error("it is good for ever")
	}
}

func TestAnOrderIsNoTicket(t *testing.T) {
	b := newBox()
	o := &identity.Orders{Key: masterKey(), Clock: b.Clock, TTL: time.Hour}
	for _, text := range []string{"hello\x001.0.0", "hello", ""} {
		if b.Admits(o.Sign(text), "hello", "1.0.0") {
			t.Errorf("an order for %q is a ticket", text)
		}
	}
}
