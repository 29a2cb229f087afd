package identity

import (
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Tickets makes and checks rights to download one release for some minutes:
// "SECONDS.HMAC", the time at which it ends and a signature over that, the
// package and the version.
type Tickets struct {
	Key   Key
	Clock registry.Clock
	TTL   time.Duration
}

var _ registry.Tickets = (*Tickets)(nil)

// Ticket implements registry.Tickets.
func (t *Tickets) Ticket(name, version string) string {
	end := strconv.FormatInt(t.Clock().Add(t.TTL).Unix(), 10)
	return end + "." + t.sign(name, version, end)
}

// Admits implements registry.Tickets.
func (t *Tickets) Admits(ticket, name, version string) bool {
	end, signature, _ := strings.Cut(ticket, ".")
	if !same(signature, t.sign(name, version, end)) {
		return false
	}
	seconds, err := strconv.ParseInt(end, 10, 64)
	return err == nil && t.Clock().Unix() < seconds
}

func (t *Tickets) sign(name, version, end string) string {
	return t.Key.sign("ticket", registry.Key(name), version, end)
}
