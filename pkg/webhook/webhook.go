// Package webhook signs what webhooks are told, and posts it.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Headers of a delivery. The signature is "sha256=" and the HMAC-SHA256, in
// hexadecimal, of the timestamp (seconds), a dot and the body, by the webhook's
// secret.
const (
	EventHeader     = "X-Registry-Event"
	DeliveryHeader  = "X-Registry-Delivery"
	TimestampHeader = "X-Registry-Timestamp"
	SignatureHeader = "X-Registry-Signature"
)

// body is what a webhook is told. At each try of a delivery it is the same.
type body struct {
	ID       string    `json:"id"`
	Event    string    `json:"event"`
	Package  string    `json:"package"`
	Version  string    `json:"version,omitempty"`
	Detail   string    `json:"detail,omitempty"`
	User     string    `json:"user,omitempty"`
	Time     time.Time `json:"time"`
	Registry string    `json:"registry"`
}

// Poster posts messages.
type Poster struct {
	HTTP     *http.Client
	Secret   func(id string) string // of a webhook
	Registry string                 // its public address
	Clock    registry.Clock
}

// New returns a poster that reaches public addresses by https, and allowed hosts,
// and follows no redirects: a receiver that has moved is to be set anew.
func New(allowed []string, secret func(id string) string, address string, clock registry.Clock) *Poster {
	client := outbound.New(allowed)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Poster{HTTP: client, Secret: secret, Registry: address, Clock: clock}
}

// Post is a registry.Send. What a receiver answers, but for the status, is not
// kept: it could be of a place that whoever set the webhook may not read.
func (p *Poster) Post(ctx context.Context, w registry.Webhook, m registry.Message) (int, error) {
	r, err := p.request(ctx, w, m)
	if err != nil {
		return 0, err
	}
	response, err := p.HTTP.Do(r)
	if err != nil {
		return 0, explain(ctx, err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, io.LimitReader(response.Body, 4<<10)) //nolint:errcheck // so that the connection can be used again
	switch {
	case response.StatusCode >= 200 && response.StatusCode <= 299:
		return response.StatusCode, nil
	case response.StatusCode >= 300 && response.StatusCode <= 399:
		return response.StatusCode, fmt.Errorf("%s answers %d: redirects are not followed; set the address that it leads to", w.Host(), response.StatusCode)
	}
	return response.StatusCode, fmt.Errorf("%s answers %d", w.Host(), response.StatusCode)
}

func (p *Poster) request(ctx context.Context, w registry.Webhook, m registry.Message) (*http.Request, error) {
	e := m.Event
	text, err := json.Marshal(body{
		ID: m.ID, Event: e.Action, Package: m.Package, Version: e.Release(), Detail: e.Detail, User: e.User, Time: e.Time.UTC(), Registry: p.Registry,
	})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(text))
	if err != nil {
		return nil, outbound.Hide(err)
	}
	timestamp := strconv.FormatInt(p.Clock().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(EventHeader, e.Action)
	r.Header.Set(DeliveryHeader, m.ID)
	r.Header.Set(TimestampHeader, timestamp)
	r.Header.Set(SignatureHeader, Sign(p.Secret(w.ID), timestamp, text))
	return r, nil
}

// Sign makes the signature of a body that is posted at a time, in seconds.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// explain says why there was no answer, without what is told of the network
// here, nor of the address beyond its host.
func explain(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*outbound.Refused](err); ok {
		return refused
	}
	host := ""
	if e, ok := errors.AsType[*url.Error](err); ok {
		if u, err := url.Parse(e.URL); err == nil {
			host = u.Host
		}
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return fmt.Errorf("%s: there is no host of this name", host)
	}
	timeout, ok := errors.AsType[net.Error](err)
	if ctx.Err() != nil || ok && timeout.Timeout() {
		return fmt.Errorf("%s does not answer within %s", host, registry.DeliveryTimeout)
	}
	return fmt.Errorf("%s: the connection failed", host)
}
