package fc

import (
	"encoding/json"
	"time"
)

// TimerTrigger calls a function again and again, asynchronously.
type TimerTrigger struct {
	Name     string
	Schedule Schedule
	Payload  string
	Enabled  bool
}

// timer is a trigger in service.
type timer struct {
	TimerTrigger
	next time.Time
}

// timerPoll is how often timers are held against the clock, which tests set.
const timerPoll = 50 * time.Millisecond

// timersOf begins to count at now.
func timersOf(triggers []TimerTrigger, now time.Time) []*timer {
	var timers []*timer
	for _, t := range triggers {
		if t.Enabled {
			timers = append(timers, &timer{t, t.Schedule.Next(now)})
		}
	}
	return timers
}

// runTimers fires what is due until the cloud is closed.
func (c *Cloud) runTimers() {
	ticker := time.NewTicker(timerPoll)
	defer ticker.Stop()
	for {
		select {
		case <-c.quit:
			return
		case <-ticker.C:
			for _, d := range c.deployments() {
				for _, event := range d.dueTimers(c.Clock()) {
					c.invokeLater(d, newRequestID(), eventAttempt(event))
				}
			}
		}
	}
}

// dueTimers returns the events of the timers that are due, each once, however
// far the clock has gone ahead.
func (d *deployment) dueTimers(now time.Time) [][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	var events [][]byte
	for _, t := range d.timers {
		if t.next.IsZero() || now.Before(t.next) {
			continue
		}
		events = append(events, t.event())
		t.next = t.Schedule.Next(now)
	}
	return events
}

// event is what the function gets, as the vendor documents it.
func (t *timer) event() []byte {
	event, _ := json.Marshal(struct { // texts always encode
		Time    string `json:"triggerTime"`
		Name    string `json:"triggerName"`
		Payload string `json:"payload"`
	}{t.next.UTC().Format(time.RFC3339), t.Name, t.Payload})
	return event
}
