// Package mirror lets the function download ask the function mirror to take a
// ZIP from an upstream, which may take longer than anybody waits: the platform
// accepts the request and runs it by itself.
package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

const (
	maxOrder     = 4 << 10         // bytes
	acceptWithin = 3 * time.Second // how long the platform may take to accept a request
	scheme       = "Order "        // of the Authorization header
)

// order is what is asked for.
type order struct {
	Name    string           `json:"name"`
	Version registry.Version `json:"version"`
}

// Client is the side of download.
type Client struct {
	URL    string // of the function mirror
	Orders *identity.Orders
	HTTP   *http.Client
}

var _ registry.Starter = (*Client)(nil)

// StartMirror implements registry.Starter: an asynchronous invocation, which an
// HTTP trigger makes of a request with the header X-Fc-Invocation-Type. The
// platform answers 202 when it has taken it down; the caller may leave then.
func (c *Client) StartMirror(ctx context.Context, name string, v registry.Version) error {
	text, err := json.Marshal(order{name, v})
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, acceptWithin)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Fc-Invocation-Type", "Async")
	r.Header.Set("Authorization", scheme+c.Orders.Sign(string(text)))
	r.Header.Set(respond.RequestIDHeader, respond.RequestID(ctx))
	response, err := c.HTTP.Do(r)
	if err != nil {
		return fmt.Errorf("function mirror: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		said, _ := io.ReadAll(io.LimitReader(response.Body, maxOrder))
		return fmt.Errorf("function mirror answers %s: %.200s", response.Status, said)
	}
	return nil
}

// API is the function mirror.
type API struct {
	Mirroring *registry.Mirroring
	Orders    *identity.Orders
}

// answer is for whoever called without the platform in between.
type answer struct {
	SHA256  string `json:"sha256,omitempty"`
	Message string `json:"message,omitempty"`
}

// ServeHTTP takes orders. Their outcome stands in the tables, where download
// looks for it, and in the log: nobody reads the answer.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trace.From(r.Context()).Route = "mirror"
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOrder))
	signature, _ := strings.CutPrefix(r.Header.Get("Authorization"), scheme)
	if err != nil || r.Method != http.MethodPost || !a.Orders.Admits(signature, string(text)) {
		respond.JSON(w, http.StatusForbidden, answer{Message: "This address takes orders of the registry's own functions, and nothing else."})
		return
	}
	var o order
	if err := json.Unmarshal(text, &o); err != nil {
		respond.JSON(w, http.StatusBadRequest, answer{Message: "The order can't be read."})
		return
	}
	trace.From(r.Context()).Package = o.Name
	pin, err := a.Mirroring.Mirror(r.Context(), o.Name, o.Version.String())
	if err != nil {
		a.refused(r, o, err)
		status, message := respond.Failure(r, err)
		respond.JSON(w, status, answer{Message: message})
		return
	}
	respond.JSON(w, http.StatusOK, answer{SHA256: pin.ZIP.SHA256})
}

// refused logs why a ZIP of an upstream is not here: who downloads may be told
// it, and the administrator should know it.
func (a *API) refused(r *http.Request, o order, err error) {
	if e, ok := errors.AsType[*registry.Error](err); ok && e.Code == registry.Forbidden {
		slog.WarnContext(r.Context(), "ZIP of an upstream refused", "request_id", respond.RequestID(r.Context()),
			"package", o.Name, "version", o.Version.String(), "reason", e.Message)
	}
}
