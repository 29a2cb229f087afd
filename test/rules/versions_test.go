package rules

import (
	"os/exec"
	"strings"
	"testing"
)

// TestPinnedVersions guards versions that tools like to "upgrade"; go.mod says
// why each is pinned.
func TestPinnedVersions(t *testing.T) {
	pins := map[string]string{
		"github.com/aliyun/aliyun-tablestore-go-sdk": "v1.8.0",
		"github.com/aliyun/aliyun-oss-go-sdk":        "v3.0.2+incompatible",
		"github.com/aliyun/fc-runtime-go-sdk":        "v0.3.1",
		"github.com/golang/protobuf":                 "v1.3.2",
	}
	for path, want := range pins {
		cmd := exec.Command("go", "list", "-m", "-f", "{{.Version}}", path)
		cmd.Dir = "../.."
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list -m %s: %v", path, err)
		}
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("%s is %s, pinned is %s", path, got, want)
		}
	}
}
