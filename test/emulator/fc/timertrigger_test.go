package fc

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is one that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func timerTriggers(enable bool) string {
	return fmt.Sprintf(`triggers: [{triggerName: tick, triggerType: timer, triggerConfig: {cronExpression: "@every 1m", enable: %t, payload: "ä"}}]`, enable)
}

// ticking starts a function with a timer, and returns what it records.
func ticking(t *testing.T, spec func(...string) string, failures string, enable bool, now *clock) (*Cloud, func() []string) {
	t.Helper()
	// What is recorded of OSS events is recorded of these too.
	triggers := timerTriggers(enable)
	return delivery(t, func(more ...string) string { return strings.Replace(spec(more...), ossTriggers, triggers, 1) }, failures,
		func(o *Options) { o.Clock = now.now })
}

func TestTimerCallsTheFunctionAtItsTimes(t *testing.T) {
	for name, spec := range map[string]func(...string) string{"go1": go1Spec, "custom": customSpec} {
		t.Run(name, func(t *testing.T) {
			now := newClock()
			_, lines := ticking(t, spec, "0", true, now)
			want := []string{"2026-01-02T03:05:05Z", "2026-01-02T03:06:05Z", "2026-01-02T03:07:05Z"}
			for i, at := range want {
				now.advance(time.Minute)
				eventually(t, "the timer has fired", func() bool { return len(lines()) > i && lines()[i] != "" })
				if line := lines()[i]; !strings.HasSuffix(line, ` {"triggerTime":"`+at+`","triggerName":"tick","payload":"ä"}`) {
					t.Errorf("got %s", line)
				}
			}
			if len(lines()) != len(want) {
				t.Errorf("got %q", lines())
			}
		})
	}
}

func TestATimersCallIsTriedAgain(t *testing.T) {
	now := newClock()
	_, lines := ticking(t, go1Spec, "2", true, now)
	now.advance(time.Minute)
	eventually(t, "the third try was made", func() bool { return len(lines()) == 3 })
}

func TestTimersThatAreOffOrReplacedDoNotFire(t *testing.T) {
	now := newClock()
	off, lines := ticking(t, go1Spec, "0", false, now)
	on, heard := ticking(t, go1Spec, "0", true, now)
	every, err := ParseSchedule("@every 1h")
	if err != nil {
		t.Fatal(err)
	}
	if err := on.SetTriggers("f", Triggers{Timers: []TimerTrigger{{Name: "hour", Schedule: every, Enabled: true}}}); err != nil {
		t.Fatal(err)
	}
	now.advance(59 * time.Minute)
	if err := off.SetTriggers("f", Triggers{Timers: []TimerTrigger{{Name: "now", Schedule: every, Enabled: true}}}); err != nil {
		t.Fatal(err)
	}
	now.advance(time.Hour)
	eventually(t, "the new timers have fired", func() bool { return heard()[0] != "" && lines()[0] != "" })
	if a, b := heard(), lines(); len(a) != 1 || !strings.Contains(a[0], `"hour"`) || len(b) != 1 || !strings.Contains(b[0], `"now"`) {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestWrongTimersAreRefused(t *testing.T) {
	for config, want := range map[string]string{
		"{enable: true}": "cronExpression: is missing", "{cronExpression: '@every 1m'}": "enable: must be true or false",
		"{cronExpression: '@daily', enable: true}": "@daily", "{cronExpression: '@every 1m', enable: 'yes'}": "must be true or false",
	} {
		text := go1Spec("triggers: [{triggerName: tick, triggerType: timer, triggerConfig: " + config + "}]")
		if _, err := read(t, text, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", config, err, want)
		}
	}
}
