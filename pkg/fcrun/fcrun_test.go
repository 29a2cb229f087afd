package fcrun

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// invoke hands over an event, and encodes the answer, as the SDK does.
func invoke(ctx context.Context, s Service, event []byte) ([]byte, error) {
	return fc.NewHandler(s.invoke).Invoke(ctx, event)
}

// ossEvent is an event as the OSS trigger makes it, of objects with these keys.
func ossEvent(keys ...string) json.RawMessage {
	var list []string
	for _, key := range keys {
		list = append(list, `{"eventName":"ObjectCreated:PutObject","eventSource":"acs:oss","region":"cn-hangzhou",
			"oss":{"bucket":{"name":"b"},"object":{"key":"`+key+`","size":5,"eTag":"AB"},"ossSchemaVersion":"1.0","ruleId":"r"}}`)
	}
	return json.RawMessage(`{"events":[` + strings.Join(list, ",") + `]}`)
}

func TestObjectsAreReported(t *testing.T) {
	var got []string
	s := Service{
		Role: new(credentials.Role),
		HTTP: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") }),
		Object: func(ctx context.Context, key string) error {
			got = append(got, respond.RequestID(ctx)+" "+key)
			if key == "bad" {
				return errors.New("no good")
			}
			return nil
		},
	}
	ctx := fccontext.NewContext(t.Context(), &fccontext.FcContext{RequestID: "1-abc"})
	if answer, err := invoke(ctx, s, ossEvent("uploads/a.zip", "uploads/b.zip")); err != nil || string(answer) != "{}" {
		t.Errorf("got %s, %v", answer, err)
	}
	if want := "1-abc uploads/a.zip|1-abc uploads/b.zip"; strings.Join(got, "|") != want {
		t.Errorf("reported %v, want %s", got, want)
	}
	if _, err := invoke(ctx, s, ossEvent("good", "bad")); err == nil || err.Error() != "object bad: no good" {
		t.Errorf("got %v", err)
	}
	s.Object = nil
	if _, err := invoke(ctx, s, ossEvent("a")); err == nil || !strings.Contains(err.Error(), "remove its OSS trigger") {
		t.Errorf("got %v", err)
	}
}

func TestInvocationsBringCredentialsAndAnID(t *testing.T) {
	var ids []string
	s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ids = append(ids, respond.RequestID(r.Context()))
	})}
	steps := []struct {
		context *fccontext.FcContext
		want    string
	}{
		{&fccontext.FcContext{RequestID: "1", Credentials: fccontext.Credentials{AccessKeyId: "STS.1", AccessKeySecret: "s", SecurityToken: "t"}}, "STS.1"},
		{&fccontext.FcContext{RequestID: "2"}, "STS.1"}, // none: the last ones stay
		{&fccontext.FcContext{RequestID: "3", Credentials: fccontext.Credentials{AccessKeyId: "STS.2", AccessKeySecret: "s", SecurityToken: "t"}}, "STS.2"},
	}
	for _, step := range steps {
		if _, err := invoke(fccontext.NewContext(t.Context(), step.context), s, json.RawMessage(httpEvent)); err != nil {
			t.Fatal(err)
		}
		if got, want := s.Role.Get(), (credentials.Credentials{AccessKeyID: step.want, AccessKeySecret: "s", SecurityToken: "t"}); got != want {
			t.Errorf("request %s: %+v, want %+v", step.context.RequestID, got, want)
		}
	}
	if got := strings.Join(ids, " "); got != "1 2 3" {
		t.Errorf("request ids %s", got)
	}
}
