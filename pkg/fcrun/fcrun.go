// Package fcrun runs an http.Handler as a function of Alibaba Cloud Function
// Compute: in the go1 runtime through the vendor's SDK, or in a custom runtime
// as an HTTP server, where one instance takes many requests at once.
package fcrun

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Service is what a function does.
type Service struct {
	HTTP http.Handler
	// Object is called for each object that an OSS trigger reports; nil for
	// functions without one. An error makes the platform try again.
	Object func(ctx context.Context, key string) error
	// Timer is called at each tick of a timer trigger; nil for functions without
	// one. An error makes the platform try again.
	Timer func(ctx context.Context) error
	// Stop is called before the platform ends the instance, if the function has
	// a preStop hook; nil for those that have nothing to finish.
	Stop func(ctx context.Context) error
	// Role receives the credentials that come with each request.
	Role *credentials.Role
}

// gcPercent is the growth of the heap between collections, in percent.
const gcPercent = 400

// Run serves until the platform ends the process. Which runtime it is in, the
// environment tells: only go1 has a runtime API.
func Run(s Service) error {
	// What lives between requests is small, so collecting at each doubling of
	// it would take a tenth of the time; five times of it is still little.
	debug.SetGCPercent(gcPercent)
	if os.Getenv("FC_RUNTIME_API") == "" {
		return s.serveHTTP()
	}
	// An instance has one request at a time, and part of a CPU: threads that
	// hand it to each other cost more than they help.
	runtime.GOMAXPROCS(1)
	fc.RegisterPreStopFunction(s.stop)
	fc.Start(s.invoke)
	return nil
}

// invoke answers one event of the go1 runtime. The SDK hands over bytes as they
// came, and encodes what is returned; any other types are coded twice.
func (s Service) invoke(ctx context.Context, payload []byte) (any, error) {
	begin := time.Now()
	ctx = s.context(ctx)
	var e event
	var r *http.Request
	err := json.Unmarshal(payload, &e)
	if err != nil {
		err = fmt.Errorf("event is not JSON: %w", err)
	} else if e.kind() == "" {
		r, err = e.request(ctx)
	}
	if r == nil {
		return struct{}{}, s.handle(ctx, e, err)
	}
	w := newRecorder()
	s.answer(w, r, begin)
	return w.answer(), nil
}

// context takes from the SDK's context what the platform sent: the role's
// credentials and the request's id.
func (s Service) context(ctx context.Context) context.Context {
	c, ok := fccontext.FromContext(ctx)
	if !ok {
		return ctx
	}
	s.Role.Set(credentials.Credentials{
		AccessKeyID:     c.Credentials.AccessKeyId,
		AccessKeySecret: c.Credentials.AccessKeySecret,
		SecurityToken:   c.Credentials.SecurityToken,
	})
	return respond.WithRequestID(ctx, c.RequestID)
}

// stop is the preStop hook.
func (s Service) stop(ctx context.Context) {
	if s.Stop == nil {
		return
	}
	ctx = s.context(ctx)
	if err := logged(ctx, "stop", s.Stop); err != nil {
		slog.ErrorContext(ctx, "the instance ended with work undone", "error", err)
	}
}

// handle does what an event that is no request asks for, unless it could not be
// read.
func (s Service) handle(ctx context.Context, e event, err error) error {
	do := func(ctx context.Context) error { return s.objects(ctx, e) }
	switch {
	case err != nil:
		do = func(context.Context) error { return err }
	case e.kind() == timerEvent && s.Timer != nil:
		do = s.Timer
	case e.kind() == timerEvent:
		do = func(context.Context) error {
			return fmt.Errorf("this function has no use for timers; remove its timer trigger %q", e.TriggerName)
		}
	}
	return logged(ctx, cmp.Or(e.kind(), objectEvent), do)
}

// objects handles the events of an OSS trigger.
func (s Service) objects(ctx context.Context, e event) error {
	if s.Object == nil {
		return fmt.Errorf("this function has no use for the events of OSS; remove its OSS trigger")
	}
	for _, o := range e.Events {
		if err := s.Object(ctx, o.OSS.Object.Key); err != nil {
			return fmt.Errorf("object %s: %w", o.OSS.Object.Key, err)
		}
	}
	return nil
}
