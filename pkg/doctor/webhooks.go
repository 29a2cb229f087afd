package doctor

import (
	"fmt"
	"time"
)

// overdue is how long after its time an event for a webhook shows that nobody
// delivers: the function is called every minute.
const overdue = 15 * time.Minute

// webhooks looks whether events are left that should have been delivered.
func (v *visit) webhooks() {
	n, err := v.Overdue(v.ctx, overdue)
	switch {
	case err != nil:
		v.problem("webhooks", err.Error(), "Run doctor again.")
	case n > 0:
		v.problem("webhooks", fmt.Sprintf("%d webhooks have waited over %s for what they should have been told", n, overdue),
			"See that function "+deployed("deliver")+" is deployed with its timer trigger (s deploy deliver), and read its log.")
	default:
		v.ok("webhooks", "nothing that webhooks are to be told is overdue")
	}
}
