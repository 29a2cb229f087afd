package app

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
)

const requestID = "1-65f0-abc"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // errors are expected
	os.Exit(m.Run())
}

// functions are all that are deployed, by their names in s.yaml.
func functions() map[string]Function {
	return map[string]Function{
		route.QueryLatest: QueryLatest, route.QueryAll: QueryAll, route.Download: Download, route.Publish: Publish,
		route.Catalog: Catalog, route.Web: Web, route.Simple: Simple, "ingest": Ingest, "deliver": Deliver, "mirror": Mirror, "gateway": Gateway,
	}
}

// unreachable is a complete environment, in which nobody listens on any address.
func unreachable(t *testing.T) func(string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return func(name string) string {
		switch {
		case name == "MASTER_KEY":
			return strings.Repeat("A", 44)
		case name == "ORGANIZATIONS":
			return "open"
		case name == "UPSTREAMS", name == "UPSTREAM_HOSTS", name == "UPSTREAM_MODE":
			return ""
		case strings.HasSuffix(name, "_URL"), strings.HasSuffix(name, "_ENDPOINT"):
			return address
		}
		return "example"
	}
}

func build(t *testing.T, f Function) fcrun.Service {
	t.Helper()
	service, err := f(unreachable(t))
	if err != nil {
		t.Fatal(err)
	}
	if service.Role == nil {
		t.Error("the service has no role")
	}
	return service
}

// send sends a request with a token, and requires the status and the form of
// errors in the path's dialect. It returns the message.
func send(t *testing.T, h http.Handler, method, target string, status int) string {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(""))
	r.Header.Set("Authorization", "Bearer T")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
	if w.Code != status {
		t.Fatalf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, status)
	}
	if simple.Spoken(target) {
		return oldMessage(t, method+" "+target, w)
	}
	var body map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("%s %s: %v: %s", method, target, err, w.Body)
	}
	if !strings.HasPrefix(target, "/v3/") {
		if len(body) != 1 || body["message"] == "" {
			t.Errorf("%s %s: %v is no error of SRM", method, target, body)
		}
		return body["message"]
	}
	if len(body) != 2 || body["request_id"] != requestID || body["body"] == "" {
		t.Errorf("%s %s: %v is no error of Devs V3", method, target, body)
	}
	return body["body"]
}

// oldMessage returns the message of an error of Devs V2: of what its component
// registry sends, that is a text beside the code.
func oldMessage(t *testing.T, call string, w *httptest.ResponseRecorder) string {
	t.Helper()
	var plain struct {
		Response struct{ Error, Message string }
	}
	if json.Unmarshal(w.Body.Bytes(), &plain) == nil && plain.Response.Error != "" && plain.Response.Message != "" {
		return plain.Response.Message
	}
	var body struct {
		Response struct {
			Error struct{ Code, Message string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Response.Error.Code == "" || body.Response.Error.Message == "" {
		t.Errorf("%s: %v: %s is no error of Devs V2", call, err, w.Body)
	}
	return body.Response.Error.Message
}

func example(r route.Route) string {
	return strings.NewReplacer("{provider}", "devsapp", "{name}", "hello", "{version}", "1.0.0", "{$}", "", "{file}", "none", "{token}", "ci", "{webhook}", "W", "{delivery}", "1").Replace(r.Path)
}

func TestEachFunctionServesItsRoutesAndNoOther(t *testing.T) {
	for name, f := range functions() {
		if len(route.Of(name)) == 0 || name == route.Web || name == route.Gateway { // which answer no dialect, and all of them
			continue
		}
		service := build(t, f)
		for _, r := range route.Table() {
			t.Run(name+" "+r.Method+" "+r.Path, func(t *testing.T) {
				if r.Function == name {
					status := http.StatusInternalServerError // the storage is out of reach
					switch r.Path {
					case "/v3/user/check":
						status = http.StatusUnauthorized
					case route.Ready:
						status = http.StatusServiceUnavailable
					}
					send(t, service.HTTP, r.Method, example(r), status)
					return
				}
				for _, own := range route.Of(name) {
					if own.Path == r.Path {
						send(t, service.HTTP, r.Method, example(r), http.StatusMethodNotAllowed)
						return
					}
				}
				send(t, service.HTTP, r.Method, example(r), http.StatusNotFound)
			})
		}
	}
}

func TestTheWebFunctionAnswersWithPages(t *testing.T) {
	service := build(t, Web)
	for _, r := range append(route.Table(), route.Route{Method: "GET", Path: "/nothing", Function: "none"}) {
		request := httptest.NewRequest(r.Method, example(r), nil)
		w := httptest.NewRecorder()
		service.HTTP.ServeHTTP(w, request)
		page := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && strings.Contains(w.Body.String(), "<h1>")
		refused := w.Code == http.StatusNotFound || w.Code == http.StatusMethodNotAllowed
		switch {
		case r.Function != route.Web && !(refused && page):
			t.Errorf("%s %s: %d %s, want a page that says it is not there", r.Method, r.Path, w.Code, w.Body)
		case r.Access == route.Misplaced:
			testMisplaced(t, service.HTTP, r, w)
		case r.Function == route.Web && refused && r.Path != "/assets/{file}":
			t.Errorf("%s %s: %d", r.Method, r.Path, w.Code)
		}
	}
}

// testMisplaced requires that the CLI is told of /v3, and a browser of nothing.
func testMisplaced(t *testing.T, h http.Handler, r route.Route, got *httptest.ResponseRecorder) {
	t.Helper()
	var answer struct{ Body string }
	err := json.Unmarshal(got.Body.Bytes(), &answer)
	const form = `^This registry's address ends in /v3\. Run: s set registry http://127\.0\.0\.1:\d+/v3$`
	if err != nil || !regexp.MustCompile(form).MatchString(answer.Body) || got.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s: %d %v %s", r.Method, r.Path, got.Code, got.Header(), got.Body)
	}
	browser := httptest.NewRequest(r.Method, example(r), nil)
	browser.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, browser)
	page := w.Code == http.StatusNotFound && strings.Contains(w.Body.String(), "<h1>")
	if page != (r.Method == http.MethodGet) {
		t.Errorf("%s %s by a browser: %d %s", r.Method, r.Path, w.Code, w.Body)
	}
}

func TestInternalsAreNotTold(t *testing.T) {
	message := send(t, build(t, QueryLatest).HTTP, "GET", "/v3/packages/hello/release/latest", http.StatusInternalServerError)
	if !strings.Contains(message, requestID) || strings.Contains(message, "127.0.0.1") {
		t.Errorf("message %q", message)
	}
}

func TestFunctionsAnswerUnderTheGatewaysID(t *testing.T) {
	for name, f := range functions() {
		if len(route.Of(name)) == 0 || name == route.Web || name == route.Gateway {
			continue
		}
		r := httptest.NewRequest("GET", "/v3/nothing", nil)
		r.Header.Set(respond.RequestIDHeader, "of-the-gateway")
		w := httptest.NewRecorder()
		build(t, f).HTTP.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
		if !strings.Contains(w.Body.String(), `"request_id":"of-the-gateway"`) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestTheGatewayAnswersForFunctionsOutOfReach(t *testing.T) {
	h := build(t, Gateway).HTTP
	for _, r := range route.Table() {
		if r.Function == route.Gateway {
			continue
		}
		if message := send(t, h, r.Method, example(r), http.StatusServiceUnavailable); !strings.Contains(message, "Try again") {
			t.Errorf("%s %s: message %q", r.Method, r.Path, message)
		}
	}
	send(t, h, "GET", "/v3/nothing", http.StatusNotFound)
	send(t, h, "GET", "/simple/nothing", http.StatusNotFound)
	send(t, h, "GET", "/nothing", http.StatusNotFound)
	send(t, h, "PUT", "/hello/releases", http.StatusMethodNotAllowed)
}

// The gateway's id is the platform's: what a client sends in its place is not
// believed.
func TestTheGatewayAnswersUnderItsOwnID(t *testing.T) {
	r := httptest.NewRequest("GET", "/v3/nothing", nil)
	r.Header.Set(respond.RequestIDHeader, "of-the-client")
	w := httptest.NewRecorder()
	build(t, Gateway).HTTP.ServeHTTP(w, r.WithContext(respond.WithRequestID(r.Context(), requestID)))
	if !strings.Contains(w.Body.String(), `"request_id":"`+requestID+`"`) {
		t.Errorf("answer %s", w.Body)
	}
}

func TestIngestTakesCallbacksAndNotifications(t *testing.T) {
	const id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	service := build(t, Ingest)
	w := httptest.NewRecorder()
	service.HTTP.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(`{"upload":"`+id+`"}`)))
	if w.Code != http.StatusInternalServerError || !strings.HasPrefix(w.Body.String(), `{"released":false`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if err := service.Object(t.Context(), registry.UploadKey(id)); err == nil {
		t.Error("the notification succeeded without a storage")
	}
}
