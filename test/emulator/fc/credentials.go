package fc

import (
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// role hands out the temporary credentials of a function's role and renews
// them at half of their life, so that each invocation gets some that last.
type role struct {
	arn     string
	account *sts.Account
	ttl     time.Duration
	now     func() time.Time

	mu      sync.Mutex
	current sts.Credentials
	renew   time.Time
}

func (r *role) credentials() sts.Credentials {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !now.Before(r.renew) {
		r.current = r.account.Assume(r.arn, r.ttl)
		r.renew = now.Add(r.ttl / 2)
	}
	return r.current
}
