package fc

import (
	"testing"
	"time"
)

func TestSchedulesFireWhenTheySay(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct{ text, after, next string }{
		{"@every 1m", "2026-01-02 03:04:05", "2026-01-02 03:05:05"},
		{"@every 90s", "2026-01-02 03:04:05", "2026-01-02 03:05:35"},
		{"@every 2h", "2026-01-02 23:04:05", "2026-01-03 01:04:05"},
		{"0 * * * * *", "2026-01-02 03:04:05", "2026-01-02 03:05:00"},
		{"0 * * * * *", "2026-01-02 03:04:00", "2026-01-02 03:05:00"},
		{"5 * * * * *", "2026-01-02 03:04:00", "2026-01-02 03:04:05"},
		{"0 */20 * * * *", "2026-01-02 23:41:00", "2026-01-03 00:00:00"},
		{"0 30 8 * * *", "2026-01-02 08:30:00", "2026-01-03 08:30:00"},
		{"0 0,30 9-17 * * MON-FRI", "2026-01-02 17:30:00", "2026-01-05 09:00:00"},
		{"0 0 0 1 JAN ?", "2026-01-02 00:00:00", "2027-01-01 00:00:00"},
		{"0 0 12 31 * *", "2026-02-01 00:00:00", "2026-03-31 12:00:00"},
		{"0 0 12 29 2 *", "2026-02-01 00:00:00", "2028-02-29 12:00:00"},
		{"0 0 0 13 * 5", "2026-01-14 00:00:00", "2026-01-16 00:00:00"},
		{"0 0 0 * * 7", "2026-01-01 00:00:00", "2026-01-04 00:00:00"},
		{"0 5/20 * * * *", "2026-01-02 03:26:00", "2026-01-02 03:45:00"},
		{"CRON_TZ=Asia/Shanghai 0 0 4 1 * *", "2026-01-02 00:00:00", "2026-01-31 20:00:00"},
		{"CRON_TZ=Asia/Kolkata 0 0 4 * * *", "2026-01-02 00:00:00", "2026-01-02 22:30:00"},
		{"0 0 0 30 2 *", "2026-01-02 00:00:00", ""},
	} {
		s, err := ParseSchedule(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var want time.Time
		if c.next != "" {
			want = at(c.next)
		}
		if got := s.Next(at(c.after)); !got.Equal(want) {
			t.Errorf("%s after %s: %s, want %s", c.text, c.after, got, c.next)
		}
	}
}

func TestSchedulesThatSayNothing(t *testing.T) {
	for _, text := range []string{
		"", "@every", "@every 0m", "@every 1", "@every 500ms", "@every -1m", "@hourly", "* * * * *", "0 0 0 0 0 0 0",
		"60 * * * * *", "* 60 * * * *", "* * 24 * * *", "* * * 32 * *", "* * * 0 * *", "* * * * 13 *", "* * * * * 8", "* * * * * 0",
		"* * * * FOO *", "5-1 * * * * *", "*/0 * * * * *", "1, * * * * *", "a * * * * *", "CRON_TZ=Nowhere/None 0 * * * * *", "CRON_TZ= 0 * * * * *",
	} {
		if _, err := ParseSchedule(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
