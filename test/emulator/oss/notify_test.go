package oss_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

func onCreated(f func(context.Context, oss.Created) error) func(*oss.Options) {
	return func(o *oss.Options) { o.OnCreated = f }
}

func receive(t *testing.T, events <-chan oss.Created) oss.Created {
	t.Helper()
	select {
	case c := <-events:
		return c
	case <-time.After(2 * time.Minute):
		t.Fatal("no notification within 2 minutes")
		return oss.Created{}
	}
}

func TestNotifications(t *testing.T) {
	events := make(chan oss.Created, 10)
	e := start(t, onCreated(func(_ context.Context, c oss.Created) error { events <- c; return nil }))
	put(t, e.Bucket, "a/包", "hello")
	got := receive(t, events)
	if !got.Time.Equal(e.clock.Now()) || len(got.RequestID) != 24 {
		t.Errorf("got %+v", got)
	}
	got.Time, got.RequestID = time.Time{}, ""
	want := oss.Created{Event: "ObjectCreated:PutObject", Bucket: bucketName, Key: "a/包", Size: 5, ETag: "5D41402ABC4B2A76B9719D911017C592"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := e.CopyObject("a/包", "b"); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, events); got.Event != "ObjectCreated:CopyObject" || got.Key != "b" || got.Size != 5 {
		t.Errorf("got %+v", got)
	}
	wantError(t, e.PutObject("b", strings.NewReader("x"), sdk.ForbidOverWrite(true)), 409, "FileAlreadyExists")
	select {
	case got := <-events:
		t.Errorf("a refused upload was told of: %+v", got)
	case <-time.After(50 * time.Millisecond):
	}
}

func TestNotificationComesLater(t *testing.T) {
	const delay = 200 * time.Millisecond
	events := make(chan oss.Created, 10)
	e := start(t, onCreated(func(_ context.Context, c oss.Created) error { events <- c; return nil }),
		func(o *oss.Options) { o.NotifyDelay = delay })
	before := time.Now()
	put(t, e.Bucket, "a", "x")
	receive(t, events)
	if waited := time.Since(before); waited < delay {
		t.Errorf("told after %v, want no less than %v", waited, delay)
	}
}

// Who is asked by an upload's callback is not told of it at the same time, however
// long it takes.
func TestNotificationComesAfterTheCallback(t *testing.T) {
	events, asked, release := make(chan oss.Created, 10), make(chan struct{}), make(chan struct{})
	e := start(t, onCreated(func(_ context.Context, c oss.Created) error { events <- c; return nil }),
		func(o *oss.Options) { o.NotifyDelay, o.CallbackTimeout = time.Millisecond, 2*time.Minute })
	r := newReceiverFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-release
		io.WriteString(w, "{}")
	})
	answered := make(chan error)
	go func() {
		answered <- e.PutObject("a", strings.NewReader("x"), sdk.Callback(r.callback(t, map[string]string{"callbackBody": "x"})))
	}()
	<-asked
	select {
	case <-events:
		t.Error("told while the callback was under way")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	receive(t, events)
}

// Close does not wait for a notification that is not due; the next start
// delivers it.
func TestNotificationThatIsNotDueSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	taken := make(chan oss.Created, 100)
	take := onCreated(func(_ context.Context, c oss.Created) error { taken <- c; return nil })
	t.Run("first run", func(t *testing.T) {
		e := start(t, onDisk(dir), take, func(o *oss.Options) { o.NotifyDelay = time.Hour })
		put(t, e.Bucket, "a", "x")
	})
	t.Run("second run", func(t *testing.T) {
		start(t, onDisk(dir), take)
		if got := receive(t, taken); got.Key != "a" {
			t.Errorf("got %+v", got)
		}
	})
	if len(taken) != 0 {
		t.Errorf("delivered twice: %+v", <-taken)
	}
}

func TestNotificationIsRepeatedUntilTaken(t *testing.T) {
	events := make(chan oss.Created, 10)
	var calls atomic.Int32
	e := start(t, onCreated(func(_ context.Context, c oss.Created) error {
		events <- c
		if calls.Add(1) < 3 {
			return errors.New("not now")
		}
		return nil
	}))
	put(t, e.Bucket, "a", "x")
	first := receive(t, events)
	for range 2 {
		if again := receive(t, events); again.RequestID != first.RequestID {
			t.Errorf("got %+v after %+v", again, first)
		}
	}
}

// One receiver's failures do not hold the others up.
func TestNotificationsDoNotWaitForEachOther(t *testing.T) {
	events := make(chan oss.Created, 10)
	e := start(t, onCreated(func(ctx context.Context, c oss.Created) error {
		if c.Key == "stuck" {
			<-ctx.Done()
			return ctx.Err()
		}
		events <- c
		return nil
	}))
	put(t, e.Bucket, "stuck", "x")
	put(t, e.Bucket, "a", "x")
	if got := receive(t, events); got.Key != "a" {
		t.Errorf("got %+v", got)
	}
}

func TestNotificationSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	tried := make(chan oss.Created, 100)
	t.Run("first run", func(t *testing.T) {
		e := start(t, onDisk(dir), onCreated(func(_ context.Context, c oss.Created) error {
			tried <- c
			return errors.New("receiver is down")
		}))
		put(t, e.Bucket, "a", "x")
		receive(t, tried)
	})
	taken := make(chan oss.Created, 100)
	t.Run("second run", func(t *testing.T) {
		start(t, onDisk(dir), onCreated(func(_ context.Context, c oss.Created) error { taken <- c; return nil }))
		if got := receive(t, taken); got.Key != "a" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("third run", func(t *testing.T) {
		start(t, onDisk(dir), onCreated(func(_ context.Context, c oss.Created) error { taken <- c; return nil }))
	})
	if len(taken) != 0 {
		t.Errorf("delivered again after it was taken: %+v", <-taken)
	}
}

func TestCloseWaitsForTheRunningNotification(t *testing.T) {
	var finished atomic.Bool
	started := make(chan struct{})
	t.Run("service", func(t *testing.T) {
		e := start(t, onCreated(func(ctx context.Context, _ oss.Created) error {
			close(started)
			<-ctx.Done()
			time.Sleep(20 * time.Millisecond)
			finished.Store(true)
			return nil
		}))
		put(t, e.Bucket, "a", "x")
		<-started
	})
	if !finished.Load() {
		t.Error("Close returned before OnCreated did")
	}
}
