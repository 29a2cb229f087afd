package fc

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fccontext"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// contextOf asks a go1 function what it was told.
func contextOf(t *testing.T, c *Cloud) (context fccontext.FcContext, left time.Duration) {
	t.Helper()
	var got struct {
		Context fccontext.FcContext
		Left    time.Duration
	}
	if err := json.Unmarshal([]byte(get(t, c.URL("f")+"/context").body), &got); err != nil {
		t.Fatal(err)
	}
	return got.Context, got.Left
}

func TestRoleCredentialsRotateAtHalfOfTheirLife(t *testing.T) {
	var offset atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	account := sts.NewAccount("id", "secret", clock)
	c := start(t, go1Spec(httpTriggers), func(o *Options) { o.Account, o.Clock, o.RoleTTL = account, clock, time.Hour })
	valid := func(keys fccontext.Credentials) {
		t.Helper()
		if secret, err := account.Secret(keys.AccessKeyId, keys.SecurityToken); err != nil || secret != keys.AccessKeySecret {
			t.Errorf("the account does not know %+v: %v", keys, err)
		}
	}
	first, _ := contextOf(t, c)
	valid(first.Credentials)
	offset.Store(int64(29 * time.Minute))
	if again, _ := contextOf(t, c); again.Credentials != first.Credentials {
		t.Error("renewed after 29 minutes of 60")
	}
	offset.Store(int64(31 * time.Minute))
	second, _ := contextOf(t, c)
	valid(second.Credentials)
	if second.Credentials == first.Credentials {
		t.Error("not renewed after 31 minutes of 60")
	}
}

func TestGo1ContextTellsTheFunction(t *testing.T) {
	c := start(t, go1Spec("timeout: 7", "memorySize: 256", httpTriggers), func(o *Options) { o.Patience = 1 })
	got, left := contextOf(t, c)
	if got.Function.Name != "function-f" || got.Function.Handler != "go1" || got.Function.Memory != "256" || got.Function.Timeout != 7 ||
		got.Region != "cn-hangzhou" || got.AccountId != "1234567890" || got.RetryCount != 0 || got.RequestID == "" {
		t.Errorf("got %+v", got)
	}
	if left <= 0 || left > 7*time.Second {
		t.Errorf("%v left of 7 s", left)
	}
}

func TestCustomRuntimeGetsThePlatformsHeadersAndNobodyElses(t *testing.T) {
	account := sts.NewAccount("id", "secret", time.Now)
	c := start(t, customSpec(httpTriggers), func(o *Options) { o.Account = account })
	reply := do(t, "GET", c.URL("f")+"/request", "",
		"x-fc-security-token", "forged", "X-FC-Access-Key-Id", "forged", "x-fc-anything", "forged", "X-Mine", "kept")
	var got struct{ Header http.Header }
	if err := json.Unmarshal([]byte(reply.body), &got); err != nil {
		t.Fatal(err)
	}
	h := got.Header
	secret, err := account.Secret(h.Get("X-Fc-Access-Key-Id"), h.Get("X-Fc-Security-Token"))
	if err != nil || secret != h.Get("X-Fc-Access-Key-Secret") {
		t.Errorf("the account does not know the keys in %v: %v", h, err)
	}
	if h.Get("X-Fc-Anything") != "" || len(h["X-Fc-Security-Token"]) != 1 || h.Get("X-Mine") != "kept" {
		t.Errorf("got %v", h)
	}
	if h.Get("X-Fc-Request-Id") != reply.header.Get("X-Fc-Request-Id") || h.Get("X-Fc-Function-Name") != "function-f" || h.Get("X-Fc-Region") != "cn-hangzhou" {
		t.Errorf("got %v", h)
	}
}
