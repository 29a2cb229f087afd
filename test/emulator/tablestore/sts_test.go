package tablestore

import (
	"testing"
	"time"
)

// How temporary credentials are refused is the emulator's own affair: the
// vendor does not document the words.
func TestTemporaryCredentials(t *testing.T) {
	e := newEmulator(t)
	role := e.keys.Issue(10 * time.Minute)
	a := e.access
	a.id, a.secret, a.token = role.AccessKeyID, role.AccessKeySecret, role.SecurityToken
	if _, err := a.client(nil).ListTable(); err != nil {
		t.Errorf("valid credentials: %v", err)
	}
	a.token += "x"
	_, err := a.client(nil).ListTable()
	wantError(t, err, 403, "OTSAuthFailed", "security token does not belong")
	a.token = ""
	_, err = a.client(nil).ListTable()
	wantError(t, err, 403, "OTSAuthFailed", "security token does not belong")
	a.token = role.SecurityToken
	e.now = e.now.Add(10 * time.Minute)
	_, err = a.client(nil).ListTable()
	wantError(t, err, 403, "OTSAuthFailed", "expired")
}
