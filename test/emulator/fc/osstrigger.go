package fc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

// ObjectEvent is something that happened to an object, as OSS tells it.
type ObjectEvent struct {
	Event     string // ObjectCreated:PutObject, with or without "oss:" before it
	Bucket    string
	Key       string
	Size      int64
	ETag      string
	Time      time.Time
	RequestID string
}

// maxRetries is how often an asynchronous invocation is tried again by default.
const maxRetries = 3

// Deliver runs every function whose OSS trigger matches the event, each up to
// three times more when it fails, after pauses of 0.5, 1 and 2 seconds. It
// returns nil when each has succeeded or was given up (which is logged), and
// an error when ctx ended before.
func (c *Cloud) Deliver(ctx context.Context, e ObjectEvent) error {
	var all sync.WaitGroup
	var mu sync.Mutex
	var failures []error
	for _, d := range c.deployments() {
		for _, trigger := range d.ossTriggers() {
			if !trigger.matches(e) {
				continue
			}
			all.Go(func() {
				if err := c.invokeAsync(ctx, d, newRequestID(), eventAttempt(c.ossEvent(e))); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failures = append(failures, err)
				}
			})
		}
	}
	all.Wait()
	return errors.Join(failures...)
}

// attempt hands a pool an asynchronous invocation once.
type attempt func(ctx context.Context, p *pool, id string, retry int) *failure

// eventAttempt is that of an event.
func eventAttempt(event []byte) attempt {
	return func(ctx context.Context, p *pool, id string, retry int) *failure {
		_, f := p.invoke(ctx, event, id, retry)
		return f
	}
}

// invokeAsync is an asynchronous invocation with its retries; all attempts
// carry the same request id. Each goes to what is deployed then; a function
// that was removed gets no more.
func (c *Cloud) invokeAsync(ctx context.Context, d *deployment, id string, do attempt) error {
	for retry := 0; ; retry++ {
		p, _ := d.enter()
		if p == nil {
			c.Log.Warn("event given up: its function was removed", "request", id)
			return nil
		}
		f := p.attempt(ctx, do, id, retry)
		p.requests.Done()
		if err := ctx.Err(); f != nil && err != nil {
			return fmt.Errorf("deliver event to function %s: %w", p.fn.Name, err)
		}
		if f == nil {
			return nil
		}
		if retry == maxRetries {
			c.Log.Error("event given up", "function", p.fn.Name, "request", id, "tries", retry+1, "error", f)
			return nil
		}
		c.Log.Warn("event will be tried again", "function", p.fn.Name, "request", id, "error", f)
		select {
		case <-time.After(c.pause << retry):
		case <-ctx.Done():
			return fmt.Errorf("deliver event to function %s: %w", p.fn.Name, ctx.Err())
		}
	}
}

func (p *pool) attempt(ctx context.Context, do attempt, id string, retry int) *failure {
	p.cloud.Meter.Add(meter.Key{Service: "fc", Operation: "InvokeFunction", Resource: p.fn.Name}, 0, 0)
	verdict := p.cloud.Faults.Judge(ctx, fault.Call{Operation: "InvokeFunction", Resource: p.fn.Name})
	if verdict.Failure != nil {
		return injected(verdict.Failure)
	}
	f := do(ctx, p, id, retry)
	if f == nil && verdict.Drop {
		return gone()
	}
	return f
}

// ossEvent is the event in the form of events.OssEvent in fc-runtime-go-sdk.
func (c *Cloud) ossEvent(e ObjectEvent) []byte {
	type object map[string]any
	event, _ := json.Marshal(object{"events": []object{{
		"eventName":    strings.TrimPrefix(e.Event, "oss:"),
		"eventSource":  "acs:oss",
		"eventTime":    e.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
		"eventVersion": "1.0",
		"region":       c.Region,
		"oss": object{
			"bucket": object{
				"arn":           "acs:oss:" + c.Region + ":" + c.AccountID + ":" + e.Bucket,
				"name":          e.Bucket,
				"ownerIdentity": c.AccountID,
				"virtualBucket": "",
			},
			"object": object{
				"key": e.Key, "size": e.Size, "deltaSize": e.Size, "eTag": e.ETag,
				"objectMeta": object{"mimeType": "application/octet-stream"},
			},
			"ossSchemaVersion": "1.0",
			"ruleId":           "local",
		},
		"requestParameters": object{"sourceIPAddress": "127.0.0.1"},
		"responseElements":  object{"requestId": e.RequestID},
		"userIdentity":      object{"principalId": c.AccountID},
	}}}) // strings and numbers always encode
	return event
}
