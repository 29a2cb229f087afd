package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// report is what the benchmark found: its one table, and how it was measured.
type report struct {
	Machine string   `json:"machine"`
	Rows    []row    `json:"rows"`
	Notes   []string `json:"notes"`
}

// row is one line of the table.
type row struct {
	Runtime string  `json:"runtime"`
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	P50     float64 `json:"p50_ms,omitempty"`
	P99     float64 `json:"p99_ms,omitempty"`
	Base    *base   `json:"base,omitempty"`
	Cost    *cost   `json:"cost,omitempty"`
	Aims    []aim   `json:"aims,omitempty"`
	Note    string  `json:"note,omitempty"`
}

// base is what a row's value is compared with, in the same unit.
type base struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	Ratio float64 `json:"ratio"` // median of the rounds' ratios to it
}

// aim is what a row's value is wanted to be.
type aim struct {
	Text string `json:"text"`
	Met  bool   `json:"met"`
}

func (a aim) String() string {
	if a.Met {
		return a.Text + ": met"
	}
	return a.Text + ": **missed**"
}

// compared makes the row of a comparison with a base of the given name.
func compared(runtime, name string, c comparison, with string) row {
	return row{
		Runtime: runtime, Name: name, Value: c.Ours.Rate, Unit: "/s", P50: c.Ours.P50, P99: c.Ours.P99, Note: c.CPU,
		Base: &base{Name: with, Value: c.Base.Rate, P50: c.Base.P50, P99: c.Base.P99, Ratio: c.Ratio},
	}
}

// write writes the table and the notes as Markdown.
func (r *report) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", r.Machine)
	b.WriteString("| runtime | measured | result | p50 ms | p99 ms | compared with | ratio | aim | note |\n")
	b.WriteString("|---|---|--:|--:|--:|--:|--:|---|---|\n")
	for _, one := range r.Rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(one.cells(), " | "))
	}
	b.WriteString("\n")
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "- %s\n", note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r row) cells() []string {
	cells := []string{r.Runtime, r.Name, r.result(), decimals(r.P50, 2), decimals(r.P99, 2), "", "", r.aims(), r.Note}
	if r.Base != nil {
		cells[5] = fmt.Sprintf("%s: %s %s", r.Base.Name, significant(r.Base.Value), r.Unit)
		cells[6] = decimals(100*r.Base.Ratio, 1) + " %"
	}
	return cells
}

func (r row) result() string {
	if r.Cost == nil {
		return significant(r.Value) + " " + r.Unit
	}
	return fmt.Sprintf("%d + %d CU", r.Cost.ReadUnits, r.Cost.WriteUnits)
}

func (r row) aims() string {
	texts := make([]string, len(r.Aims))
	for i, a := range r.Aims {
		texts[i] = a.String()
	}
	return strings.Join(texts, "; ")
}

// significant writes a number with what matters of it.
func significant(v float64) string {
	if v >= 100 {
		return thousands(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// thousands puts commas into a whole number.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// decimals writes a number; 0 stands for none.
func decimals(v float64, places int) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', places, 64)
}
