package tablestore

import (
	"context"
	"encoding/json"
	"fmt"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Uploads = (*Client)(nil)

// The column in which an upload's outcome is decided, and its values.
const (
	colOutcome      = "Outcome"
	outcomePending  = "pending"
	outcomeReleased = "released"
	outcomeRejected = "rejected"
)

// PutUpload implements registry.Uploads.
func (c *Client) PutUpload(ctx context.Context, u registry.Upload) error {
	row := columns{colOutcome: outcomePending, "Dev": u.Dev}
	if err := row.setRelease(u.Release); err != nil {
		return err
	}
	row.setPackage(u.Package)
	row.set("InZip", u.InZIP)
	row.set("Before", string(u.Before))
	by, err := json.Marshal(u.By)
	if err != nil {
		return err
	}
	row["By"] = string(by)
	return c.put(ctx, uploadsTable, key(u.ID), row, sdk.RowExistenceExpectation_IGNORE, nil)
}

// Upload implements registry.Uploads.
func (c *Client) Upload(ctx context.Context, id string) (registry.Upload, error) {
	row, ok, err := c.get(ctx, uploadsTable, key(id))
	if err != nil {
		return registry.Upload{}, err
	}
	if !ok {
		return registry.Upload{}, missing("upload")
	}
	r, err := row.release()
	if err != nil {
		return registry.Upload{}, err
	}
	var by registry.Caller
	if err := json.Unmarshal([]byte(row.text("By")), &by); err != nil {
		return registry.Upload{}, fmt.Errorf("stored upload %s: %w", id, err)
	}
	return registry.Upload{
		ID:      id,
		By:      by,
		Dev:     row.flag("Dev"),
		InZIP:   row.text("InZip"),
		Before:  registry.Visibility(row.text("Before")),
		Package: row.pkg(),
		Release: r,
		Outcome: row.outcome(),
	}, nil
}

func (c columns) outcome() registry.Outcome {
	return registry.Outcome{Released: c.text(colOutcome) == outcomeReleased, Reason: c.text("Reason")}
}

// Assign implements registry.Uploads.
func (c *Client) Assign(ctx context.Context, id string, from, to registry.Version) error {
	return c.update(ctx, uploadsTable, key(id), columns{colVersion: to.String()}, nil, equals(colVersion, from.String()))
}

// Finish implements registry.Uploads.
func (c *Client) Finish(ctx context.Context, id string, o registry.Outcome) (registry.Outcome, error) {
	row := columns{colOutcome: outcomeRejected}
	if o.Released {
		row[colOutcome] = outcomeReleased
	}
	row.set("Reason", o.Reason)
	err := c.update(ctx, uploadsTable, key(id), row, nil, equals(colOutcome, outcomePending))
	if registry.CodeOf(err) != registry.Conflict {
		return o, err
	}
	stored, err := c.Upload(ctx, id)
	return stored.Outcome, err
}
