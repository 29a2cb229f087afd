package fc

import (
	"math/rand/v2"
	"time"
)

// newRequestID makes an id as the service's are: 1-67bbf919-018b6fa6-c29e522d2d31.
func newRequestID() string {
	return string(appendID([]byte("1-"), uint64(time.Now().Unix())))
}

// newInstanceID makes an id like c-6996ca5e-148f475d-24dde3e46771.
func newInstanceID() string {
	return string(appendID([]byte("c-"), uint64(time.Now().Unix())))
}

func appendID(dst []byte, seconds uint64) []byte {
	dst = appendHex(dst, seconds, 8)
	dst = append(dst, '-')
	dst = appendHex(dst, rand.Uint64(), 8)
	dst = append(dst, '-')
	return appendHex(dst, rand.Uint64(), 12)
}

// appendHex appends the last digits of v.
func appendHex(dst []byte, v uint64, digits int) []byte {
	const hex = "0123456789abcdef"
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, hex[v>>shift&15])
	}
	return dst
}
