package main

import (
	"math"
	"slices"
	"time"
)

// percentile returns the smallest value that at least p percent of the sorted
// values do not exceed; 0 of none.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[max(rank, 1)-1]
}

// median returns the middle value, the mean of the two in the middle of an
// even number; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// medianOf is the median of one number of each value.
func medianOf[T any](list []T, number func(T) float64) float64 {
	values := make([]float64, len(list))
	for i, v := range list {
		values[i] = number(v)
	}
	return median(values)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
