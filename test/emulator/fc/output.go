package fc

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"
)

// flushEvery is how long log lines gather before they are written: a function
// prints two lines per request, and a write each would cost more than the
// request's own work here.
const flushEvery = 5 * time.Millisecond

// maxLine is where a line without an end is broken.
const maxLine = 64 << 10

// output collects the lines of all functions and writes them to one place.
type output struct {
	to io.Writer

	mu      sync.Mutex
	lines   []byte
	planned bool
}

// add takes the text of a function's line, without its end.
func (o *output) add(function string, line []byte) {
	if o.to == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, '[')
	o.lines = append(o.lines, function...)
	o.lines = append(o.lines, "] "...)
	o.lines = append(o.lines, bytes.TrimSuffix(line, []byte{'\r'})...)
	o.lines = append(o.lines, '\n')
	if !o.planned {
		o.planned = true
		time.AfterFunc(flushEvery, o.flush)
	}
}

// flush writes what has gathered. A log that can't be written is lost, as on
// the service.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.planned = false
	if len(o.lines) > 0 {
		o.to.Write(o.lines) //nolint:errcheck
		o.lines = o.lines[:0]
	}
}

// follow reads a process's output until its end and adds it line by line, the
// last one also where it has no end. It pauses between reads that did not fill
// the buffer, so that lines gather in the pipe.
func (o *output) follow(function string, pipe *os.File) {
	buffer := make([]byte, maxLine)
	kept := 0
	for {
		n, err := pipe.Read(buffer[kept:])
		kept = o.split(function, buffer, kept+n)
		if err != nil {
			if kept > 0 {
				o.add(function, buffer[:kept])
			}
			return
		}
		if n < len(buffer)/2 {
			time.Sleep(flushEvery)
		}
	}
}

// split adds the complete lines of buffer[:n], moves the rest to the front and
// returns its length.
func (o *output) split(function string, buffer []byte, n int) int {
	rest := buffer[:n]
	for {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		o.add(function, rest[:end])
		rest = rest[end+1:]
	}
	if len(rest) == len(buffer) {
		o.add(function, rest)
		return 0
	}
	return copy(buffer, rest)
}
