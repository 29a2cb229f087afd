package registry_test

import (
	"bytes"
	"context"
	"errors"
	"github.com/fc-registry/fc-registry/pkg/manifest"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// wrapped is what 2.x gets for pluginZIP.
func wrapped(t *testing.T, name, version string) []byte {
	t.Helper()
	packed := pluginZIP(name, version)
	var to bytes.Buffer
	if err := manifest.WrapZIP(&to, bytes.NewReader(packed), int64(len(packed))); err != nil {
		t.Fatal(err)
	}
	return to.Bytes()
}

// fetch returns what is at an address.
func fetch(t *testing.T, address string) []byte {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s, %v", address, response.Status, body, err)
	}
	return body
}

// simple lists the objects that were made.
func (s store) simple() []string {
	return slices.DeleteFunc(s.objects.Keys(), func(key string) bool { return !strings.HasPrefix(key, registry.SimplePrefix) })
}

// puts counts what is put, and may fail it.
type puts struct {
	registry.ZIPs
	mu    sync.Mutex
	count int
	fails error
	after func()
}

func (p *puts) PutZIP(ctx context.Context, key string, body io.Reader) error {
	p.mu.Lock()
	p.count++
	p.mu.Unlock()
	if p.fails != nil {
		// An HTTP client closes what it was to send.
		return errors.Join(p.fails, body.(io.Closer).Close())
	}
	err := p.ZIPs.PutZIP(ctx, key, body)
	if p.after != nil {
		p.after()
	}
	return err
}

func (s store) counted() (*registry.Wrapping, *puts) {
	w, p := s.wrapping(), &puts{ZIPs: s.objects}
	w.ZIPs = p
	return w, p
}

func TestOldClientsGetAZIPWithOneTopDirectory(t *testing.T) {
	s := newStore(t)
	s.publish(t, "Hello", "1.0.0", "1.1.0")
	w, p := s.counted()
	for _, tag := range []string{"1.1.0", "^1", "1.1.0"} {
		address, r, err := w.URL(t.Context(), registry.Anonymous, "hello", tag, "")
		if err != nil || r.Version.String() != "1.1.0" {
			t.Fatalf("%s: %s, %v", tag, r.Version, err)
		}
		if got := fetch(t, address); !bytes.Equal(got, wrapped(t, "Hello", "1.1.0")) {
			t.Errorf("%s: other bytes", tag)
		}
	}
	_, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Summary)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"simple/hello/1.1.0/" + r.ZIP.SHA256 + ".zip"}; p.count != 1 || !slices.Equal(s.simple(), want) {
		t.Errorf("%d objects were put, there are %v, want %v", p.count, s.simple(), want)
	}
}

func TestManyOldClientsAtOnce(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	one, onePuts := s.counted()
	other, otherPuts := s.counted() // another instance
	var clients sync.WaitGroup
	for i := range 20 {
		clients.Go(func() {
			w := one
			if i%2 == 0 {
				w = other
			}
			address, _, err := w.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
			if err != nil {
				t.Error(err)
				return
			}
			if !bytes.Equal(fetch(t, address), wrapped(t, "hello", "1.0.0")) {
				t.Error("other bytes")
			}
		})
	}
	clients.Wait()
	if onePuts.count > 1 || otherPuts.count > 1 {
		t.Errorf("one instance made it %d times, the other %d times", onePuts.count, otherPuts.count)
	}
}

func TestATicketIsGoodForTheWrappedZIPToo(t *testing.T) {
	s := hello(t, registry.Private)
	ticket := s.ticketOf(t, "alice", "1.0.0")
	_, _, err := s.wrapping().URL(t.Context(), viewer("bob"), "hello", "1.0.0", "")
	wantError(t, err, registry.NotFound)
	if made := s.simple(); len(made) > 0 {
		t.Errorf("for nobody were made %v", made)
	}
	address, _, err := s.wrapping().URL(t.Context(), viewer("bob"), "hello", "1.0.0", ticket)
	if err != nil {
		t.Fatal(err)
	}
	fetch(t, address)
	_, _, err = s.wrapping().URL(t.Context(), viewer("bob"), "hello", "1.0.0", "") // once it is there
	wantError(t, err, registry.NotFound)
	_, _, err = s.wrapping().URL(t.Context(), viewer("bob"), "hello", "1.1.0", ticket)
	wantError(t, err, registry.NotFound)
}

func TestADeletedReleaseTakesItsWrappedZIPWithIt(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "2.0.0")
	for _, version := range []string{"1.0.0", "2.0.0"} {
		if _, _, err := s.wrapping().URL(t.Context(), registry.Anonymous, "hello", version, ""); err != nil {
			t.Fatal(err)
		}
	}
	s.delete(t, "hello", "2.0.0")
	if made := s.simple(); len(made) != 1 || !strings.HasPrefix(made[0], "simple/hello/1.0.0/") {
		t.Errorf("left are %v", made)
	}
	_, _, err := s.wrapping().URL(t.Context(), registry.Anonymous, "hello", "2.0.0", "")
	wantError(t, err, registry.NotFound)
}

func TestAReleaseDeletedWhileItsZIPIsWrappedLeavesNothing(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.1.0")
	w, p := s.counted()
	p.after = func() {
		s.delete(t, "hello", "1.1.0")
		// The deletion has looked for it before it was there.
		s.objects.Put(s.simpleOf(t, "1.1.0"), []byte("late"))
	}
	_, _, err := w.URL(t.Context(), registry.Anonymous, "hello", "^1", "")
	wantError(t, err, registry.NotFound, "1.1.0")
	if made := s.simple(); len(made) > 0 {
		t.Errorf("left are %v", made)
	}
}

// simpleOf is the key of what is made of a release of hello.
func (s store) simpleOf(t *testing.T, version string) string {
	t.Helper()
	v, err := registry.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	_, r, err := s.catalog.Release(t.Context(), "hello", v, registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	return registry.SimpleKey(r.ZIP.Key)
}

func TestWhatCannotBeWrappedLeavesNothing(t *testing.T) {
	damage := errors.New("damaged")
	for name, test := range map[string]struct {
		breaks func(s store, w *registry.Wrapping, p *puts)
		words  string
	}{
		"the storage refuses": {func(_ store, _ *registry.Wrapping, p *puts) { p.fails = errors.New("disk is full") }, "disk is full"},
		"the wrapping fails half-way": {func(_ store, w *registry.Wrapping, _ *puts) {
			w.Wrap = func(to io.Writer, _ io.ReaderAt, _ int64) error {
				_, err := to.Write([]byte("PK"))
				return errors.Join(err, damage)
			}
		}, "damaged"},
		"the stored ZIP is another": {func(s store, _ *registry.Wrapping, _ *puts) {
			s.objects.Put(strings.Replace(s.simpleOf(t, "1.0.0"), registry.SimplePrefix, registry.PackagePrefix, 1), otherZIP("hello", "1.0.0"))
		}, "SHA-256"},
		"the stored ZIP is gone": {func(s store, _ *registry.Wrapping, _ *puts) {
			if err := s.objects.Delete(t.Context(), strings.Replace(s.simpleOf(t, "1.0.0"), registry.SimplePrefix, registry.PackagePrefix, 1)); err != nil {
				t.Fatal(err)
			}
		}, "packages/hello/1.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			s.publish(t, "hello", "1.0.0")
			w, p := s.counted()
			test.breaks(s, w, p)
			for range 2 { // the turn is given back
				_, _, err := w.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
				if err == nil || !strings.Contains(err.Error(), test.words) {
					t.Errorf("%v does not say %q", err, test.words)
				}
			}
			if made := s.simple(); len(made) > 0 {
				t.Errorf("left are %v", made)
			}
		})
	}
}

func TestWhoGivesUpWaitingIsToldToTryAgain(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	w, p := s.counted()
	begun, end := make(chan struct{}), make(chan struct{})
	p.after = func() { close(begun); <-end }
	first := make(chan error)
	go func() {
		_, _, err := w.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
		first <- err
	}()
	<-begun
	if err := s.objects.Delete(t.Context(), s.simple()[0]); err != nil { // not there yet, for the second
		t.Fatal(err)
	}
	hurried := *w
	hurried.Limit = time.Millisecond
	_, _, err := hurried.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", "")
	wantError(t, err, registry.Unavailable, "Try again")
	close(end)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
