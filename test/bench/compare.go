package main

import (
	"context"
	"time"
)

// side is one of two things that are measured in turns.
type side func(ctx context.Context) (speed, error)

// comparison is what came of measuring two sides. Their speeds are medians over
// the rounds; Ratio is the median of the rounds' ratios of ours to base; CPU
// says what our processes used for each request or publish.
type comparison struct {
	Ours, Base speed
	Ratio      float64
	CPU        string
}

// compare measures both sides in turns, so that a machine whose speed drifts
// treats them alike.
func (r *registry) compare(ctx context.Context, rounds int, ours, base side) (comparison, error) {
	spent := usage{spent: make(map[string]time.Duration)}
	ours = spent.watch(r, ours)
	var our, other []speed
	var ratios []float64
	for range rounds {
		b, err := base(ctx)
		if err != nil {
			return comparison{}, err
		}
		o, err := ours(ctx)
		if err != nil {
			return comparison{}, err
		}
		our, other, ratios = append(our, o), append(other, b), append(ratios, o.Rate/b.Rate)
	}
	return comparison{medianSpeed(our), medianSpeed(other), median(ratios), spent.String()}, nil
}

func medianSpeed(list []speed) speed {
	return speed{
		Rate: medianOf(list, func(s speed) float64 { return s.Rate }),
		P50:  medianOf(list, func(s speed) float64 { return s.P50 }),
		P99:  medianOf(list, func(s speed) float64 { return s.P99 }),
	}
}
