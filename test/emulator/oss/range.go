package oss

import (
	"net/http"
	"strconv"
	"strings"
)

// span is the part of an object that is asked for.
type span struct {
	start, length int64
	partial       bool
}

// parseRange reads a Range header. One that is malformed or reaches outside of
// the object is ignored, and all of the object answered, unless the request
// has x-oss-range-behavior: standard; then it is cut or refused with 416 as
// RFC 9110 says. Several ranges are always refused.
func parseRange(header, behavior string, size int64) (span, error) {
	whole := span{length: size}
	ranges, found := strings.CutPrefix(header, "bytes=")
	if !found {
		return whole, nil
	}
	if strings.Contains(ranges, ",") {
		return span{}, invalidRange(header, size)
	}
	first, last, ok := parseBounds(ranges, size)
	standard := behavior == "standard"
	switch {
	case !ok:
		return whole, nil
	case first < size && last < size && first <= last:
		return span{first, last - first + 1, true}, nil
	case !standard:
		return whole, nil
	case first >= size:
		return span{}, invalidRange(header, size)
	case first > last:
		return whole, nil
	}
	return span{first, size - first, true}, nil
}

// parseBounds reads "first-last", "first-" and "-suffix"; an absent last is
// the object's last byte.
func parseBounds(s string, size int64) (first, last int64, ok bool) {
	from, to, found := strings.Cut(s, "-")
	if !found || from == "" && to == "" {
		return 0, 0, false
	}
	if from == "" {
		suffix, err := strconv.ParseUint(to, 10, 63)
		return size - min(int64(suffix), size), size - 1, err == nil
	}
	start, err := strconv.ParseUint(from, 10, 63)
	if err != nil {
		return 0, 0, false
	}
	if to == "" {
		return int64(start), max(size-1, int64(start)), true
	}
	end, err := strconv.ParseUint(to, 10, 63)
	return int64(start), int64(end), err == nil
}

func invalidRange(header string, size int64) *apiError {
	return refuse(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range cannot be satisfied.").
		with("ActualObjectSize", strconv.FormatInt(size, 10)).with("RangeRequested", header)
}
