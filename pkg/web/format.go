package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// number writes 1234567 as 1,234,567.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// size writes a number of bytes with the unit that fits.
func size(bytes int64) string {
	value, unit := float64(bytes), 0
	for value >= 999.5 && unit < 3 {
		value /= 1000
		unit++
	}
	name := []string{"B", "kB", "MB", "GB"}[unit]
	if unit == 0 || value >= 99.95 {
		return fmt.Sprintf("%.0f %s", value, name)
	}
	return fmt.Sprintf("%.1f %s", value, name)
}

// day writes a date as people of the language do, in UTC.
func day(l language, t time.Time) string {
	if l == chinese {
		return t.UTC().Format("2006年1月2日")
	}
	return t.UTC().Format("2 Jan 2006")
}

// shorten cuts a text of one line to some bytes.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
