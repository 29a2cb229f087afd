package tablestore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Webhooks = (*Client)(nil)

const (
	colWebhooks = "Webhooks" // JSON array
	colSubject  = "Subject"
)

// WebhookLists implements registry.Webhooks.
func (c *Client) WebhookLists(ctx context.Context, subjects ...string) ([]registry.WebhookList, error) {
	keys := make([]*sdk.PrimaryKey, len(subjects))
	for i, subject := range subjects {
		keys[i] = key(subject)
	}
	rows, err := c.getAll(ctx, webhooksTable, keys, nil)
	if err != nil {
		return nil, err
	}
	var lists []registry.WebhookList
	for _, row := range rows {
		if row == nil {
			continue
		}
		l, err := row.webhookList()
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, nil
}

// AllWebhookLists implements registry.Webhooks.
func (c *Client) AllWebhookLists(ctx context.Context) iter.Seq2[registry.WebhookList, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumnWithMinValue("id")
	to.AddPrimaryKeyColumnWithMaxValue("id")
	return each(ctx, c, scan{table: webhooksTable, from: from, to: to, forward: true}, columns.webhookList)
}

// each yields what is made of each row of a range.
func each[T any](ctx context.Context, c *Client, s scan, read func(columns) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for s := s; s.from != nil; {
			rows, next, err := c.page(ctx, s, nextPages)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				one, err := read(row)
				if !yield(one, err) || err != nil {
					return
				}
			}
			s.from = next
		}
	}
}

func (c columns) webhookList() (registry.WebhookList, error) {
	l := registry.WebhookList{Subject: c.text(colSubject)}
	if err := json.Unmarshal([]byte(c.text(colWebhooks)), &l.Webhooks); err != nil {
		return l, fmt.Errorf("stored webhooks of %s: %w", l.Subject, err)
	}
	var err error
	l.Journal, err = c.journal()
	return l, err
}

// PutWebhookList implements registry.Webhooks.
func (c *Client) PutWebhookList(ctx context.Context, l registry.WebhookList) error {
	webhooks, err := json.Marshal(l.Webhooks)
	if err != nil {
		return err
	}
	row := columns{colSubject: l.Subject, colWebhooks: string(webhooks)}
	if err := row.setJournal(l.Journal); err != nil {
		return err
	}
	return c.revise(ctx, webhooksTable, key(l.Subject), row, l.Revision)
}
