package credentials_test

import (
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/credentials"
)

func TestRoleKeepsTheNewestCredentials(t *testing.T) {
	var role credentials.Role
	if got := role.Get(); got != (credentials.Credentials{}) {
		t.Errorf("a new role has %+v", got)
	}
	first := credentials.Credentials{AccessKeyID: "STS.1", AccessKeySecret: "s1", SecurityToken: "t1"}
	second := credentials.Credentials{AccessKeyID: "STS.1", AccessKeySecret: "s1", SecurityToken: "t2"}
	steps := []struct{ set, want credentials.Credentials }{
		{credentials.Credentials{}, credentials.Credentials{}},
		{first, first},
		{credentials.Credentials{}, first},
		{credentials.Credentials{SecurityToken: "t9"}, first},
		{first, first},
		{second, second},
	}
	for i, step := range steps {
		role.Set(step.set)
		if got := role.Get(); got != step.want {
			t.Errorf("step %d: %+v, want %+v", i, got, step.want)
		}
	}
}

func TestRoleIsSafeForConcurrentUse(t *testing.T) {
	var role credentials.Role
	var group sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d"} {
		group.Go(func() {
			for range 100 {
				role.Set(credentials.Credentials{AccessKeyID: id, AccessKeySecret: id})
				if got := role.Get(); got.AccessKeyID == "" || got.AccessKeyID != got.AccessKeySecret {
					t.Errorf("torn credentials %+v", got)
				}
			}
		})
	}
	group.Wait()
}

func TestFixedNeverChanges(t *testing.T) {
	c := credentials.Credentials{AccessKeyID: "LTAI", AccessKeySecret: "s"}
	source := credentials.Fixed(c)
	want := c
	c.AccessKeyID = "changed"
	if got := source(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
