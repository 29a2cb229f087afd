package sts

import (
	"errors"
	"testing"
	"time"
)

func TestSecret(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	account := NewAccount("id", "secret", func() time.Time { return now })
	role := account.Issue(time.Minute)

	tests := []struct {
		name, id, token string
		after           time.Duration
		secret          string
		err             error
	}{
		{name: "the account's own key", id: "id", secret: "secret"},
		{name: "a token beside the account's own key", id: "id", token: "x", err: ErrUnknownKey},
		{name: "a key nobody issued", id: "other", err: ErrUnknownKey},
		{name: "a role", id: role.AccessKeyID, token: role.SecurityToken, secret: role.AccessKeySecret},
		{name: "a role without its token", id: role.AccessKeyID, err: ErrToken},
		{name: "a role after its time", id: role.AccessKeyID, token: role.SecurityToken, after: time.Minute, err: ErrExpired},
	}
	start := now
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now = start.Add(test.after)
			secret, err := account.Secret(test.id, test.token)
			if secret != test.secret || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v; want %q, %v", secret, err, test.secret, test.err)
			}
		})
	}
}
