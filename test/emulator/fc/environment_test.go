package fc

import (
	"slices"
	"strings"
	"testing"
)

func TestProcessGetsItsOwnEnvironmentOnly(t *testing.T) {
	t.Setenv("SECRET_OF_THE_CALLER", "x")
	c := start(t, go1Spec("environmentVariables: {MINE: yes-mine, FC_REGION: forged}", httpTriggers))
	var names []string
	values := make(map[string]string)
	for line := range strings.Lines(get(t, c.URL("f")+"/env").body) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		names, values[name] = append(names, name), value
	}
	slices.Sort(names)
	want := "FC_ACCOUNT_ID FC_FUNCTION_HANDLER FC_FUNCTION_MEMORY_SIZE FC_FUNCTION_NAME FC_FUNC_CODE_PATH FC_INSTANCE_ID FC_REGION FC_RUNTIME_API HOME MINE PATH TMPDIR"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if values["MINE"] != "yes-mine" || values["FC_REGION"] != "cn-hangzhou" || values["FC_FUNC_CODE_PATH"] != programs || values["FC_INSTANCE_ID"] != c.Instances()[0].ID {
		t.Errorf("got %v", values)
	}
}
