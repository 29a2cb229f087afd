package oss

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// memoryBodies keeps bodies in memory.
type memoryBodies struct {
	mu    sync.RWMutex
	bytes map[string][]byte
}

func newMemoryBodies() *memoryBodies {
	return &memoryBodies{bytes: make(map[string][]byte)}
}

func (m *memoryBodies) create() (bodyWriter, error) {
	return &memoryWriter{bodies: m}, nil
}

func (m *memoryBodies) open(id string) (io.ReadSeekCloser, error) {
	data, err := m.get(id)
	if err != nil {
		return nil, err
	}
	return memoryReader{bytes.NewReader(data)}, nil
}

func (m *memoryBodies) link(id string) (string, error) {
	data, err := m.get(id)
	if err != nil {
		return "", err
	}
	return m.put(data), nil
}

func (m *memoryBodies) remove(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.bytes, id)
	return nil
}

// retain has nothing to do: memory holds nothing from an earlier run.
func (m *memoryBodies) retain(map[string]bool) error { return nil }

func (m *memoryBodies) get(id string) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	data, ok := m.bytes[id]
	if !ok {
		return nil, fmt.Errorf("body %s: %w", id, fs.ErrNotExist)
	}
	return data, nil
}

func (m *memoryBodies) put(data []byte) string {
	id := rand.Text()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes[id] = data
	return id
}

type memoryReader struct{ *bytes.Reader }

func (memoryReader) Close() error { return nil }

type memoryWriter struct {
	bytes.Buffer
	bodies *memoryBodies
}

func (w *memoryWriter) commit() (string, error) { return w.bodies.put(w.Bytes()), nil }

func (w *memoryWriter) abort() error { return nil }
