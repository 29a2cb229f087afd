package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// chart is the downloads of the last registry.ChartDays, a bar for each day.
type chart struct {
	Bars  string // the path of an SVG, within Width and Height
	Total int64
	Most  int64 // on one day
	Days  int
	Weeks []week // the same in words, the newest first
}

type week struct {
	From  time.Time // the first day of seven
	Count int64
}

// The chart's measures, in units of the SVG.
const (
	barWidth    = 3
	barStep     = 4
	chartHeight = 64
)

func (chart) Width() int { return registry.ChartDays*barStep - (barStep - barWidth) }

func (chart) Height() int { return chartHeight }

// newChart draws the downloads by day until now.
func newChart(downloads map[registry.Day]int64, now time.Time) chart {
	c := chart{Days: registry.ChartDays}
	var counts [registry.ChartDays]int64
	for i := range counts {
		counts[i] = downloads[registry.DayOf(now.AddDate(0, 0, i+1-len(counts)))]
		c.Total += counts[i]
		c.Most = max(c.Most, counts[i])
	}
	var bars strings.Builder
	for i, n := range counts {
		if n > 0 {
			height := max(2, n*chartHeight/c.Most)
			fmt.Fprintf(&bars, "M%d %dv-%dh%dv%dz", i*barStep, chartHeight, height, barWidth, height)
		}
	}
	c.Bars = bars.String()
	c.Weeks = weeks(counts[:], now)
	return c
}

// weeks sums days up by seven, from the last day backwards.
func weeks(counts []int64, now time.Time) []week {
	var list []week
	for end := len(counts); end > 0; end -= 7 {
		w := week{From: now.AddDate(0, 0, max(0, end-7)+1-len(counts))}
		for _, n := range counts[max(0, end-7):end] {
			w.Count += n
		}
		list = append(list, w)
	}
	return list
}
