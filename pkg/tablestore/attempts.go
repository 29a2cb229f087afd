package tablestore

import (
	"context"
	"crypto/rand"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Attempts = (*Client)(nil)

// Columns of an attempt.
const (
	colAnnounced = "Announced"
	colUntil     = "Until"
	colChanged   = "Changed"
	colReason    = "Reason"
	colTold      = "Told"
)

// attemptKey is the row of an attempt. Names from requests may be too long for a
// key column: see packageKey.
func attemptKey(user, name, version string) *sdk.PrimaryKey {
	return attemptBorder(user, attemptPrefix(name)+version[:min(len(version), registry.MaxVersion+1)])
}

func attemptPrefix(name string) string {
	key := registry.Key(name)
	return key[:min(len(key), registry.MaxName+1)] + "/"
}

func attemptBorder(user, item string) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("user", user)
	k.AddPrimaryKeyColumn("item", item)
	return k
}

// Attempt implements registry.Attempts.
func (c *Client) Attempt(ctx context.Context, user, name, version string) (registry.Attempt, error) {
	row, ok, err := c.get(ctx, attemptsTable, attemptKey(user, name, version))
	if err != nil {
		return registry.Attempt{}, err
	}
	if !ok {
		return registry.Attempt{}, missing("attempt")
	}
	return row.attempt(), nil
}

// AttemptsOf implements registry.Attempts: one range.
func (c *Client) AttemptsOf(ctx context.Context, user, name string) ([]registry.Attempt, error) {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	if name == "" {
		from.AddPrimaryKeyColumn("user", user)
		from.AddPrimaryKeyColumnWithMinValue("item")
		to.AddPrimaryKeyColumn("user", user)
		to.AddPrimaryKeyColumnWithMaxValue("item")
	} else {
		from, to = attemptBorder(user, attemptPrefix(name)), attemptBorder(user, attemptPrefix(name)+afterAll)
	}
	rows, _, err := c.rows(ctx, scan{table: attemptsTable, from: from, to: to, forward: true}, registry.MaxAttempts)
	var all []registry.Attempt
	for _, row := range rows {
		all = append(all, row.attempt())
	}
	return all, err
}

// PutAttempt implements registry.Attempts. The SDK sends a write again when its
// answer was lost; the second one finds the first one's row, which is no conflict.
func (c *Client) PutAttempt(ctx context.Context, a registry.Attempt) error {
	row := columns{
		colUser: a.User, "Name": a.Name, colVersion: a.Version, colUpload: a.Upload, colState: string(a.State),
		colTold: a.Told, colStamp: rand.Text(),
	}
	row.setTime(colAnnounced, a.Announced)
	row.setTime(colUntil, a.Until)
	row.setTime(colChanged, a.Changed)
	row.set(colReason, a.Reason)
	key := attemptKey(a.User, a.Name, a.Version)
	expect, only := sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, sdk.ColumnFilter(nil)
	if a.Stamp != "" {
		expect, only = sdk.RowExistenceExpectation_EXPECT_EXIST, equals(colStamp, a.Stamp)
	}
	err := c.put(ctx, attemptsTable, key, row, expect, only)
	if registry.CodeOf(err) != registry.Conflict {
		return err
	}
	stored, ok, failed := c.get(ctx, attemptsTable, key, colStamp)
	if failed != nil {
		return failed
	}
	if ok && stored.text(colStamp) == row.text(colStamp) {
		return nil
	}
	return err
}

func (c columns) attempt() registry.Attempt {
	return registry.Attempt{
		User: c.text(colUser), Name: c.text("Name"), Version: c.text(colVersion), Upload: c.text(colUpload),
		State:     registry.AttemptState(c.text(colState)),
		Announced: c.time(colAnnounced), Until: c.time(colUntil), Changed: c.time(colChanged),
		Reason: c.text(colReason), Told: c.flag(colTold), Stamp: c.text(colStamp),
	}
}
