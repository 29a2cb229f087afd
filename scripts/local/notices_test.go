package main

import (
	"bytes"
	"testing"
)

func TestARefusalIsOnePlainLine(t *testing.T) {
	const refused = `[fc-registry-ingest] {"time":"2026-01-31T00:00:00Z","level":"WARN","msg":"upload refused","request_id":"1","upload":"ID","package":"hello","version":"1.0.0","publisher":"dev","reason":"It has \"<a>\"."}` + "\n"
	const access = `[fc-registry-ingest] {"level":"INFO","msg":"access","user_agent":"\"msg\":\"upload refused\""}` + "\n"
	tests := map[string]struct{ lines, want string }{
		"a refusal":          {refused, "Refused: hello 1.0.0 of dev. It has \"<a>\".\n"},
		"another line":       {access, ""},
		"all of them":        {access + refused + access + refused, "Refused: hello 1.0.0 of dev. It has \"<a>\".\nRefused: hello 1.0.0 of dev. It has \"<a>\".\n"},
		"what is no JSON":    {`[x] "msg":"upload refused"` + "\n", ""},
		"what is cut off":    {refused[:len(refused)-9], ""},
		"what begins inside": {"{" + refused, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			n := &notices{&said}
			if written, err := n.Write([]byte(test.lines)); written != len(test.lines) || err != nil {
				t.Errorf("wrote %d, %v", written, err)
			}
			if said.String() != test.want {
				t.Errorf("said %q, want %q", said.String(), test.want)
			}
		})
	}
}
