package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/fc-registry/fc-registry/pkg/ingest"
)

// notices says in plain words what a person should not have to look for in the
// functions' log: that an upload was refused, of which s says nothing.
type notices struct{ to io.Writer }

// Write takes whole lines, each with its function's name in brackets before it.
func (n *notices) Write(text []byte) (int, error) {
	for one := range bytes.Lines(text) {
		start := bytes.IndexByte(one, '{')
		if start < 0 || !bytes.Contains(one, []byte(`"msg":"`+ingest.RefusedMessage+`"`)) {
			continue
		}
		var l struct{ Msg, Package, Version, Publisher, Reason string }
		if json.Unmarshal(one[start:], &l) == nil && l.Msg == ingest.RefusedMessage {
			fmt.Fprintf(n.to, "Refused: %s %s of %s. %s\n", l.Package, l.Version, l.Publisher, l.Reason)
		}
	}
	return len(text), nil
}

// emulatorsLog is where the emulated cloud says what it can't do, as when the disk
// is full: its answers, like those of the real one, have no cause.
func emulatorsLog(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
