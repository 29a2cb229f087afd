package sts_test

import (
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

const reader = `{"Version": "1", "Statement": [
	{"Effect": "Allow", "Action": ["oss:GetObject", "ots:Get*"], "Resource": ["acs:oss:*:1:b/packages/*", "acs:ots:*:1:instance/i/table/packages"]},
	{"Effect": "Allow", "Action": "oss:ListObjects", "Resource": "acs:oss:*:1:b"}]}`

func TestARoleMayDoWhatItsPolicySays(t *testing.T) {
	a := sts.NewAccount("id", "secret", time.Now)
	free := a.Assume("anybody", time.Hour)
	if !a.Allows(free.AccessKeyID, "oss:PutObject", "b/x") {
		t.Error("without policies roles may not do all")
	}
	if err := a.Attach("reader", []byte(reader)); err != nil {
		t.Fatal(err)
	}
	key := a.Assume("reader", time.Hour).AccessKeyID
	for _, c := range []struct {
		id, action, resource string
		want                 bool
	}{
		{key, "oss:GetObject", "b/packages/a/b.zip", true},
		{key, "oss:GetObject", "b/packages/", true},
		{key, "oss:GetObject", "b/uploads/a.zip", false},
		{key, "oss:GetObject", "b2/packages/a", false},
		{key, "oss:PutObject", "b/packages/a", false},
		{key, "oss:ListObjects", "b", true},
		{key, "oss:ListObjects", "b/x", false},
		{key, "ots:GetRow", "instance/i/table/packages", true},
		{key, "ots:GetRange", "instance/i/table/packages", true},
		{key, "ots:PutRow", "instance/i/table/packages", false},
		{key, "ots:GetRow", "instance/i/table/audit", false},
		{key, "ots:GetRow", "b/packages/a", false}, // of another service
		{free.AccessKeyID, "oss:GetObject", "b/packages/a", false},
		{a.Issue(time.Hour).AccessKeyID, "oss:GetObject", "b/packages/a", false},
		{"unknown", "oss:GetObject", "b/packages/a", false},
		{"id", "oss:PutBucket", "b", true},
	} {
		if got := a.Allows(c.id, c.action, c.resource); got != c.want {
			t.Errorf("%s %s %s: %t", c.id, c.action, c.resource, got)
		}
	}
}

func TestPoliciesThatAreNotEmulatedAreRefused(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{}`, `{"Version": "2", "Statement": []}`,
		`{"Version": "1", "Statement": [{"Effect": "Deny", "Action": "a", "Resource": "b"}]}`,
		`{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "a"}]}`,
		`{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "a", "Resource": "b", "Condition": {"IpAddress": {}}}]}`,
	} {
		if err := sts.NewAccount("id", "secret", time.Now).Attach("role", []byte(text)); err == nil {
			t.Errorf("taken: %s", text)
		}
	}
}
