package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// ZIPs reads the ZIPs of upstreams.
type ZIPs struct {
	// HTTP is a client of package outbound.
	HTTP *http.Client
}

var _ registry.Remote = (*ZIPs)(nil)

// OpenZIP implements registry.Remote.
func (z *ZIPs) OpenZIP(ctx context.Context, address string) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, registry.Errorf(registry.Forbidden, "The address that the upstream tells of the ZIP can't be read.")
	}
	response, err := z.HTTP.Do(r)
	if err != nil {
		return nil, unreachable(r.URL.Host, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.Join(unreachable(r.URL.Host, fmt.Errorf("it answers %s", response.Status)), response.Body.Close())
	}
	if response.ContentLength > registry.MaxZIP {
		return nil, errors.Join(tooLarge(), response.Body.Close())
	}
	return &zip{outbound.Limit(response.Body, registry.MaxZIP), r.URL.Host}, nil
}

// unreachable is a host that was not, or could not be, asked.
func unreachable(host string, err error) error {
	err = outbound.Hide(err)
	if refused, ok := errors.AsType[*outbound.Refused](err); ok {
		return &registry.Error{Code: registry.Forbidden, Message: "The ZIP's address leads astray: " + refused.Error() + ".", Err: err}
	}
	return &registry.Error{Code: registry.Unavailable, Message: fmt.Sprintf("Host %q, which has the ZIP, does not hand it out.", host), Err: err}
}

func tooLarge() error {
	return registry.Errorf(registry.Forbidden, "The ZIP has more than %d bytes.", registry.MaxZIP)
}

// zip is a body whose errors people can be told.
type zip struct {
	io.ReadCloser
	host string
}

func (z *zip) Read(p []byte) (int, error) {
	n, err := z.ReadCloser.Read(p)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = tooLarge()
	} else if err != nil && err != io.EOF { //nolint:errorlint // io.Readers return it bare
		err = unreachable(z.host, err)
	}
	return n, err
}
