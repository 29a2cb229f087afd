package tablestore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Audit = (*Client)(nil)

func eventKey(e registry.Event) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("subject", e.Subject)
	k.AddPrimaryKeyColumn("seq", e.Seq)
	return k
}

// Record implements registry.Audit. A row that is there is left as it is.
func (c *Client) Record(ctx context.Context, e registry.Event) error {
	event, err := json.Marshal(e)
	if err != nil {
		return err
	}
	err = c.put(ctx, auditTable, eventKey(e), columns{colEvent: string(event)}, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if registry.CodeOf(err) == registry.Conflict {
		return nil
	}
	return err
}

// Event implements registry.Audit.
func (c *Client) Event(ctx context.Context, subject string, seq int64) (registry.Event, error) {
	row, ok, err := c.get(ctx, auditTable, eventKey(registry.Event{Subject: subject, Seq: seq}))
	if err != nil {
		return registry.Event{}, err
	}
	if !ok {
		return registry.Event{}, missing("event")
	}
	return row.event()
}

func (c columns) event() (registry.Event, error) {
	var e registry.Event
	if err := json.Unmarshal([]byte(c.text(colEvent)), &e); err != nil {
		return e, fmt.Errorf("stored event: %w", err)
	}
	return e, nil
}

// Events implements registry.Audit.
func (c *Client) Events(ctx context.Context, subject string) iter.Seq2[registry.Event, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	if subject == "" {
		from.AddPrimaryKeyColumnWithMinValue("subject")
		to.AddPrimaryKeyColumnWithMaxValue("subject")
	} else {
		from.AddPrimaryKeyColumn("subject", subject)
		to.AddPrimaryKeyColumn("subject", subject)
	}
	return c.events(ctx, from, to)
}

// Reported implements registry.Audit.
func (c *Client) Reported(ctx context.Context, name string) iter.Seq2[registry.Event, error] {
	return func(yield func(registry.Event, error) bool) {
		for _, prefix := range []string{registry.UploadSubjects(name), registry.UpstreamSubjects(name)} {
			from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
			from.AddPrimaryKeyColumn("subject", prefix)
			to.AddPrimaryKeyColumn("subject", prefix+"\uffff")
			for e, err := range c.events(ctx, from, to) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}

// events yields those of the subjects from one to another, both included.
func (c *Client) events(ctx context.Context, from, to *sdk.PrimaryKey) iter.Seq2[registry.Event, error] {
	from.AddPrimaryKeyColumnWithMinValue("seq")
	to.AddPrimaryKeyColumnWithMaxValue("seq")
	return func(yield func(registry.Event, error) bool) {
		s := scan{table: auditTable, from: from, to: to, forward: true}
		for s.from != nil {
			rows, next, err := c.page(ctx, s, nextPages)
			if err != nil {
				yield(registry.Event{}, err)
				return
			}
			for _, row := range rows {
				e, err := row.event()
				if !yield(e, err) || err != nil {
					return
				}
			}
			s.from = next
		}
	}
}
