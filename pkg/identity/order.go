package identity

import (
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Orders signs what one function of the registry asks another one to do, whose
// address everybody may call: "SECONDS.HMAC", the time at which the order ends
// and a signature over that and its text.
type Orders struct {
	Key   Key
	Clock registry.Clock
	TTL   time.Duration
}

// Sign returns the signature of an order.
func (o *Orders) Sign(text string) string {
	end := strconv.FormatInt(o.Clock().Add(o.TTL).Unix(), 10)
	return end + "." + o.Key.sign("order", end, text)
}

// Admits tells whether a signature is good, now, for this text.
func (o *Orders) Admits(signature, text string) bool {
	end, sum, _ := strings.Cut(signature, ".")
	if !same(sum, o.Key.sign("order", end, text)) {
		return false
	}
	seconds, err := strconv.ParseInt(end, 10, 64)
	return err == nil && o.Clock().Unix() < seconds
}
