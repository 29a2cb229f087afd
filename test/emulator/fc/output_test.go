package fc

import (
	"strings"
	"testing"
)

func TestEachLineCarriesTheFunctionsName(t *testing.T) {
	var log syncBuffer
	c := start(t, go1Spec(httpTriggers), func(o *Options) { o.Output = &log })
	id := get(t, c.URL("f")+"/log").header.Get("X-Fc-Request-Id")
	eventually(t, "the lines are shown", func() bool { return strings.Contains(log.String(), "a line on stderr") })
	closeCloud(t, c)
	text := log.String()
	for _, line := range []string{"FC Invoke Start RequestId: " + id, "a whole line", "a line on stderr", "a partial lineFC Invoke End RequestId: " + id} {
		if !strings.Contains(text, "[function-f] "+line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestPartialLastLineIsShownAtTheExit(t *testing.T) {
	var log syncBuffer
	c := start(t, go1Spec(httpTriggers, "environmentVariables: {EXIT_AT_START: 'yes'}"), func(o *Options) { o.Output = &log })
	get(t, c.URL("f")+"/echo")
	closeCloud(t, c)
	if log.String() != "[function-f] can't start\n" {
		t.Errorf("got %q", log.String())
	}
}

func TestCustomRuntimesRequestsAreLogged(t *testing.T) {
	var log syncBuffer
	c := start(t, customSpec(httpTriggers), func(o *Options) { o.Output = &log })
	id := get(t, c.URL("f")+"/echo").header.Get("X-Fc-Request-Id")
	closeCloud(t, c)
	for _, line := range []string{"listening", "FC Invoke Start RequestId: " + id, "FC Invoke End RequestId: " + id} {
		if !strings.Contains(log.String(), "[function-f] "+line+"\n") {
			t.Errorf("no line %q in\n%s", line, log.String())
		}
	}
}

func TestLongLinesAreBroken(t *testing.T) {
	var log syncBuffer
	o := output{to: &log}
	buffer := make([]byte, 8)
	kept := 0
	for _, piece := range []string{"ab\ncd", "ef", "ghij", "\nx"} {
		kept = o.split("f", buffer, kept+copy(buffer[kept:], piece))
	}
	o.flush()
	if log.String() != "[f] ab\n[f] cdefghij\n[f] \n" || string(buffer[:kept]) != "x" {
		t.Errorf("got %q, kept %q", log.String(), buffer[:kept])
	}
}
