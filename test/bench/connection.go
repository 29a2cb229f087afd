package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// connection is one keep-alive connection that sends its job's requests again
// and again. It reads just as much HTTP/1.1 as it needs to check an answer:
// net/http's client would cost more than the servers that are measured.
type connection struct {
	net.Conn
	reader *bufio.Reader
	job
	next int // request to send
}

// exchange sends the next request and reads its answer.
func (c *connection) exchange() error {
	if _, err := c.Write(c.Requests[c.next]); err != nil {
		return err
	}
	c.next = (c.next + 1) % len(c.Requests)
	status, length, err := readHead(c.reader)
	if err != nil {
		return err
	}
	if length == chunked {
		length, err = discardChunks(c.reader)
	} else {
		_, err = c.reader.Discard(length)
	}
	if err != nil {
		return fmt.Errorf("body of an answer: %w", err)
	}
	if status != c.Status || length != c.Length {
		return fmt.Errorf("got status %d with a body of %d bytes, not %d with %d", status, length, c.Status, c.Length)
	}
	return nil
}

// chunked stands for a body whose length is not announced.
const chunked = -1

// readHead reads up to an answer's body.
func readHead(r *bufio.Reader) (status, length int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, 0, fmt.Errorf("status line: %w", err)
	}
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if !bytes.Equal(version, []byte("HTTP/1.1")) || len(rest) < 3 {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(rest[:3])); err != nil {
		return 0, 0, fmt.Errorf("status line %q", line)
	}
	length, err = readLength(r)
	return status, length, err
}

// readLength reads the header lines and returns what they say of the body.
func readLength(r *bufio.Reader) (int, error) {
	length, known := 0, false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, fmt.Errorf("header: %w", err)
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if !known {
				return 0, errors.New("an answer without Content-Length and Transfer-Encoding")
			}
			return length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil || length < 0 {
				return 0, fmt.Errorf("Content-Length %q", value)
			}
			known = true
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			length, known = chunked, true
		case bytes.EqualFold(name, []byte("Connection")):
			return 0, fmt.Errorf("the server wants Connection:%s", value)
		}
	}
}

// discardChunks reads a chunked body, which has no trailers, and returns its
// length.
func discardChunks(r *bufio.Reader) (total int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseUint(string(bytes.TrimRight(line, "\r\n")), 16, 31)
		if err != nil {
			return 0, fmt.Errorf("chunk size %q", line)
		}
		if _, err := r.Discard(int(size)); err != nil {
			return 0, err
		}
		if end, err := r.ReadSlice('\n'); err != nil || len(end) > 2 {
			return 0, errors.Join(err, fmt.Errorf("end of a chunk: %q", end))
		}
		if total += int(size); size == 0 {
			return total, nil
		}
	}
}

func dial(j job) (*connection, error) {
	conn, err := net.Dial("tcp", j.Address)
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReaderSize(conn, 64<<10), j, 0}, nil
}
