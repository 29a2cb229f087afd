// Package app wires the registry together: each function, and what the admin
// commands need, from the environment.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/devs"
	"github.com/fc-registry/fc-registry/pkg/fcrun"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/route"
	"github.com/fc-registry/fc-registry/pkg/simple"
	"github.com/fc-registry/fc-registry/pkg/srm"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

// Function builds what a function serves from its environment.
type Function func(getenv func(string) string) (fcrun.Service, error)

// Run is the main of every function. One whose environment is wrong says so in
// its log, once, and fails on every request.
func Run(f Function) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	service, err := f(os.Getenv)
	if err != nil {
		slog.Error("the function's environment is wrong", "error", err)
		service = broken()
	}
	if err := fcrun.Run(service); err != nil {
		slog.Error("the function ended", "error", err)
		os.Exit(1)
	}
}

// broken is a service that fails on every request and event, under the id that
// the gateway gave it: also where it is the gateway itself, for which function
// this is, nobody knows here.
func broken() fcrun.Service {
	err := respond.Logged{Err: errors.New("the function's environment is wrong; the log of its start says which variables")}
	return fcrun.Service{
		Role:   new(credentials.Role),
		HTTP:   respond.Forwarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fail(w, r, err) })),
		Object: func(context.Context, string) error { return err },
		Timer:  func(context.Context) error { return err },
	}
}

// fail answers in the dialect of the path.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case strings.HasPrefix(r.URL.Path, devs.Prefix+"/"):
		devs.Error(w, r, err)
	case simple.Spoken(r.URL.Path):
		simple.Error(w, r, err)
	default:
		srm.Error(w, r, err)
	}
}

// serve makes the handler of one function's part of the route table, behind the
// gateway; handlers are by method and path.
func serve(function string, handlers map[string]http.HandlerFunc) http.Handler {
	return serveWith(function, handlers, fail)
}

// serveWith is serve with an answer of one's own for what is not there.
func serveWith(function string, handlers map[string]http.HandlerFunc, fail route.Fail) http.Handler {
	handle := func(r route.Route) http.Handler {
		h := handlers[r.Method+" "+r.Path]
		if r.Access != route.Read {
			return h
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			route.AllowOrigins(w)
			h(w, r)
		})
	}
	return respond.Forwarded(route.Handler(route.Of(function), handle, fail))
}

func tables(c config.Config, source credentials.Source) *tablestore.Client {
	return tablestore.New(tablestore.Config{
		Endpoint: c.Tablestore.Endpoint, Instance: c.Tablestore.Instance, Credentials: source,
	})
}

func bucket(c config.Config, source credentials.Source) (*oss.Blobs, error) {
	return oss.New(oss.Config{
		Endpoint: c.OSS.Endpoint, PublicEndpoint: c.OSS.PublicEndpoint,
		Region: c.OSS.Region, Bucket: c.OSS.Bucket, Credentials: source,
	})
}
