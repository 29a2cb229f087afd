package fc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// call is one request to the runtime API.
type call struct {
	method    string
	id        string // "" for next
	operation string // next, response, error
	body      []byte
}

// readCall reads one request. Lines are limited by the reader's buffer,
// the body by maxAnswer; bodies without a length are not understood.
func readCall(r *bufio.Reader) (call, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return call{}, err
	}
	c, err := parseLine(line)
	if err != nil {
		return call{}, err
	}
	length, err := readHeader(r)
	if length > maxAnswer {
		err = errAnswerTooLarge
	}
	if err != nil || length == 0 {
		return c, err
	}
	c.body = make([]byte, length)
	if _, err := io.ReadFull(r, c.body); err != nil {
		return call{}, fmt.Errorf("body: %w", err)
	}
	return c, nil
}

func parseLine(line []byte) (call, error) {
	method, rest, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte{' '})
	path, version, found := bytes.Cut(rest, []byte{' '})
	if !found || !bytes.Equal(version, []byte("HTTP/1.1")) {
		return call{}, fmt.Errorf("malformed request line %q", line)
	}
	c := call{method: string(method)}
	if operation, ok := bytes.CutPrefix(path, []byte(invocationPath)); ok {
		if id, last, nested := bytes.Cut(operation, []byte{'/'}); nested {
			c.id, c.operation = string(id), string(last)
		} else {
			c.operation = string(operation)
		}
	}
	return c, nil
}

// readHeader reads up to the empty line and returns the body's length.
func readHeader(r *bufio.Reader) (length int, err error) {
	for lines := 0; ; lines++ {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("header: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if lines == 100 {
			return 0, errors.New("more than 100 header lines")
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
			if err != nil || length < 0 {
				return 0, fmt.Errorf("Content-Length %q is not a length", value)
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return 0, errors.New("send a Content-Length, not a Transfer-Encoding")
		}
	}
}
