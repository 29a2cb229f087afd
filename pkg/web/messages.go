package web

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed messages/*.json
var messageFiles embed.FS

// messages are the words of the pages in one language, by id; each is a format
// of package fmt.
type messages map[string]string

func readMessages(l language) (messages, error) {
	text, err := messageFiles.ReadFile("messages/" + string(l) + ".json")
	if err != nil {
		return nil, err
	}
	var m messages
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("messages in %s: %w", l, err)
	}
	return m, nil
}

// text returns a message.
func (m messages) text(id string, args ...any) (string, error) {
	format, ok := m[id]
	if !ok {
		return "", fmt.Errorf("there is no message %q", id)
	}
	return fmt.Sprintf(format, args...), nil
}

// count returns the message for a number of things: ID.one or ID.many.
func (m messages) count(id string, n int64) (string, error) {
	if n == 1 {
		return m.text(id+".one", number(n))
	}
	return m.text(id+".many", number(n))
}

// name returns a message that names a value, or the value's own name where
// there is no message.
func (m messages) name(id, otherwise string) string {
	if text, ok := m[id]; ok {
		return text
	}
	return otherwise
}
