// Command go1 is a function with the vendor's SDK whose path says how it
// behaves.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/events"
	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

func main() {
	fc.RegisterInitializerFunction(func(ctx context.Context) {
		if os.Getenv("INITIALIZER") == "panic" {
			panic("no initialization today")
		}
		record("initialized")
	})
	fc.RegisterPreStopFunction(func(ctx context.Context) { record("stopping") })
	if os.Getenv("EXIT_AT_START") != "" {
		fmt.Print("can't start")
		os.Exit(1)
	}
	fc.Start(handle)
}

func handle(ctx context.Context, event json.RawMessage) (any, error) {
	if strings.HasPrefix(string(event), `{"events"`) || strings.HasPrefix(string(event), `{"triggerTime"`) {
		return nil, object(ctx, event)
	}
	var r events.HTTPTriggerEvent
	if err := json.Unmarshal(event, &r); err != nil {
		return nil, err
	}
	return serve(ctx, event, r)
}

func serve(ctx context.Context, event json.RawMessage, r events.HTTPTriggerEvent) (any, error) {
	query := *r.QueryParameters
	switch *r.TriggerContext.Http.Path {
	case "/event":
		return answer(string(event)), nil
	case "/context":
		return answer(describe(ctx)), nil
	case "/env":
		return answer(strings.Join(os.Environ(), "\n")), nil
	case "/answer":
		return answer(os.Getenv("ANSWER")), nil
	case "/sleep":
		d, err := time.ParseDuration(query["for"])
		time.Sleep(d)
		return answer(strconv.Itoa(os.Getpid())), err
	case "/hold":
		for err := error(os.ErrNotExist); err != nil; time.Sleep(5 * time.Millisecond) {
			_, err = os.Stat(query["until"])
		}
		return answer(strconv.Itoa(os.Getpid())), nil
	case "/exit":
		os.Exit(3)
	case "/panic":
		panic("at the handler's disco")
	case "/gopanic":
		go panic("beyond recovery")
		select {}
	case "/error":
		return nil, errors.New("the function refuses")
	case "/raw":
		return json.RawMessage(query["answer"]), nil
	case "/record":
		return answer("recorded"), object(ctx, json.RawMessage(*r.Body))
	case "/big":
		n, err := strconv.Atoi(query["n"])
		return answer(strings.Repeat("x", n)), err
	case "/log":
		fmt.Println("a whole line")
		fmt.Fprintln(os.Stderr, "a line on stderr")
		fmt.Print("a partial line")
		return answer("logged"), nil
	}
	headers := map[string]string{"Content-Type": (*r.Headers)["Content-Type"]}
	return events.HTTPTriggerResponse{StatusCode: 200, Headers: headers, IsBase64Encoded: *r.IsBase64Encoded, Body: *r.Body}, nil
}

func answer(body string) events.HTTPTriggerResponse {
	return events.HTTPTriggerResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain"}, Body: body}
}

func describe(ctx context.Context) string {
	fcCtx, _ := fccontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	text, err := json.Marshal(map[string]any{"context": fcCtx, "left": time.Until(deadline), "pid": os.Getpid()})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// object records an event and fails as often as FAILURES says.
func object(ctx context.Context, event json.RawMessage) error {
	fcCtx, _ := fccontext.FromContext(ctx)
	record(fmt.Sprintf("%d %s", fcCtx.RetryCount, event))
	failures, _ := strconv.Atoi(os.Getenv("FAILURES"))
	if fcCtx.RetryCount < failures {
		return errors.New("not yet")
	}
	return nil
}

// record appends a line to the file RECORD.
func record(line string) {
	f, err := os.OpenFile(os.Getenv("RECORD"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}
