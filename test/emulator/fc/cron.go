package fc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schedule says when a timer trigger fires: every so often, or at times that
// match a CRON expression. The forms are those of the vendor's documentation:
//
//	@every 1m                              a whole number and s, m or h
//	0 30 8 * * MON-FRI                     second minute hour day month weekday, UTC
//	CRON_TZ=Asia/Shanghai 0 0 4 1 * *      the same in another time zone
type Schedule struct {
	every  time.Duration // 0: by fields
	zone   *time.Location
	fields [6]set // second minute hour day month weekday
}

// set are the values that a field allows; any is a field that excludes nothing.
type set struct {
	values [60]bool
	any    bool
}

// field says what one of an expression's may hold.
type field struct {
	name      string
	low, high int
	words     []string // the first stands for low
}

func fields() [6]field {
	return [6]field{
		{"second", 0, 59, nil}, {"minute", 0, 59, nil}, {"hour", 0, 23, nil}, {"day", 1, 31, nil},
		{"month", 1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
		{"weekday", 1, 7, []string{"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}},
	}
}

// ParseSchedule reads a trigger's cronExpression.
func ParseSchedule(text string) (Schedule, error) {
	if every, ok := strings.CutPrefix(text, "@every "); ok {
		d, err := time.ParseDuration(strings.TrimSpace(every))
		if err != nil || d < time.Second || d%time.Second != 0 {
			return Schedule{}, fmt.Errorf("cronExpression %q: write @every and a whole number of s, m or h, like @every 1m", text)
		}
		return Schedule{every: d}, nil
	}
	s := Schedule{zone: time.UTC}
	expression := text
	if rest, ok := strings.CutPrefix(text, "CRON_TZ="); ok {
		name, fields, _ := strings.Cut(rest, " ")
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" {
			return s, fmt.Errorf("cronExpression %q: there is no time zone %q", text, name)
		}
		s.zone, expression = zone, fields
	}
	words := strings.Fields(expression)
	if len(words) != len(s.fields) {
		return s, fmt.Errorf("cronExpression %q: write @every 1m, or six fields: second minute hour day month weekday", text)
	}
	for i, f := range fields() {
		var err error
		if s.fields[i], err = f.parse(words[i]); err != nil {
			return s, fmt.Errorf("cronExpression %q: %w", text, err)
		}
	}
	return s, nil
}

// parse reads a list of values, ranges and steps.
func (f field) parse(text string) (set, error) {
	s := set{any: text == "*" || text == "?"}
	for part := range strings.SplitSeq(text, ",") {
		of, step, stepped := strings.Cut(part, "/")
		low, high, err := f.span(of)
		by := 1
		if stepped && err == nil {
			by, err = strconv.Atoi(step)
			if !strings.Contains(of, "-") {
				high = f.high
			}
		}
		if err != nil || by < 1 || low > high {
			return s, fmt.Errorf("%s %q is not understood: use %d to %d, *, a-b, a/step and lists of these", f.name, text, f.low, f.high)
		}
		for v := low; v <= high; v += by {
			s.values[v] = true
		}
	}
	return s, nil
}

func (f field) span(text string) (low, high int, err error) {
	if text == "*" || text == "?" {
		return f.low, f.high, nil
	}
	from, to, ranged := strings.Cut(text, "-")
	if low, err = f.value(from); err != nil || !ranged {
		return low, low, err
	}
	high, err = f.value(to)
	return low, high, err
}

func (f field) value(text string) (int, error) {
	if i := slices.Index(f.words, strings.ToUpper(text)); i >= 0 {
		return f.low + i, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && (n < f.low || n > f.high) {
		err = strconv.ErrRange
	}
	return n, err
}

// Next returns the first time after t at which the trigger fires, zero when
// there is none within five years.
func (s Schedule) Next(t time.Time) time.Time {
	if s.every > 0 {
		return t.Add(s.every)
	}
	t = t.In(s.zone).Truncate(time.Second).Add(time.Second)
	for limit := t.AddDate(5, 0, 0); t.Before(limit); {
		year, month, day := t.Date()
		switch {
		case !s.fields[4].values[month]:
			t = time.Date(year, month+1, 1, 0, 0, 0, 0, s.zone)
		case !s.onDay(t):
			t = time.Date(year, month, day+1, 0, 0, 0, 0, s.zone)
		case !s.fields[2].values[t.Hour()]:
			t = t.Truncate(time.Minute).Add(time.Duration(60-t.Minute()) * time.Minute)
		case !s.fields[1].values[t.Minute()]:
			t = t.Truncate(time.Minute).Add(time.Minute)
		case !s.fields[0].values[t.Second()]:
			t = t.Add(time.Second)
		default:
			return t.UTC()
		}
	}
	return time.Time{}
}

// onDay takes a day that either field allows when both exclude days, as cron
// does: a guess, the vendor does not say.
func (s Schedule) onDay(t time.Time) bool {
	weekday := int(t.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	day, week := s.fields[3], s.fields[5]
	if day.any || week.any {
		return day.values[t.Day()] && week.values[weekday]
	}
	return day.values[t.Day()] || week.values[weekday]
}
