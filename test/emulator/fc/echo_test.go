package fc

import "testing"

func TestEchoPassesBodiesThroughBothRuntimes(t *testing.T) {
	for name, spec := range map[string]string{"go1": go1Spec(httpTriggers), "custom": customSpec(httpTriggers)} {
		c := start(t, spec)
		for kind, body := range map[string]string{"text/plain": "Grüße", "application/json": `{"a":"\u0001"}`, "application/zip": "PK\x00\xff\xfe", "": ""} {
			got := do(t, "POST", c.URL("f")+"/echo", body, "Content-Type", kind)
			if got.status != 200 || got.body != body || got.header.Get("Content-Type") != kind {
				t.Errorf("%s, %q: got %d %q %q", name, kind, got.status, got.header.Get("Content-Type"), got.body)
			}
			if got.header.Get("X-Fc-Request-Id") == "" {
				t.Errorf("%s: no request id in the response", name)
			}
		}
		if n := len(c.Instances()); n != 1 {
			t.Errorf("%s: %d instances for one request at a time", name, n)
		}
	}
}
