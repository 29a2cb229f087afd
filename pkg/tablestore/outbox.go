package tablestore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Outbox = (*Client)(nil)

// Columns of what is owed. The key's stand in columns too: a range answers them
// with the rest.
const (
	colWebhook = "Webhook"
	colSeq     = "Seq"
	colOf      = "Of"
	colPackage = "Package"
	colAsked   = "Asked"
	colResend  = "Resend"
	colTries   = "Tries"
	colFirst   = "First"
	colDue     = "Due"
	colLeased  = "Leased"
	colStamp   = "Stamp"

	colDelivery = "Delivery" // JSON
)

func owedKey(o registry.Owed) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("webhook", o.Webhook)
	k.AddPrimaryKeyColumn("subject", o.Subject)
	k.AddPrimaryKeyColumn("seq", o.Seq)
	return k
}

// setTime adds a time, to the millisecond, unless it is zero.
func (c columns) setTime(name string, t time.Time) {
	if !t.IsZero() {
		c[name] = t.UnixMilli()
	}
}

func (c columns) time(name string) time.Time {
	if ms := c.number(name); ms != 0 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}

// announced are the columns of what is owed and was not tried yet.
func announced(o registry.Owed) columns {
	row := columns{
		colWebhook: o.Webhook, colSubject: o.Subject, colSeq: o.Seq, colOf: o.Of, colPackage: o.Package, colStamp: rand.Text(),
	}
	row.setTime(colAsked, o.Asked)
	if o.Resend {
		row[colResend] = true
	}
	return row
}

// Owe implements registry.Outbox.
func (c *Client) Owe(ctx context.Context, o registry.Owed) error {
	change := &sdk.UpdateRowChange{TableName: outboxTable, PrimaryKey: owedKey(o)}
	for name, value := range announced(o) {
		change.PutColumn(name, value)
	}
	if o.Resend {
		for _, name := range []string{colTries, colFirst, colDue} {
			change.DeleteColumn(name)
		}
	}
	change.SetCondition(sdk.RowExistenceExpectation_IGNORE)
	_, err := call(ctx, c.sdk.UpdateRow, &sdk.UpdateRowRequest{UpdateRowChange: change})
	return err
}

// AllOwed implements registry.Outbox: one read of one unit when nothing is owed.
func (c *Client) AllOwed(ctx context.Context) iter.Seq2[registry.Owed, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	for _, name := range []string{"webhook", "subject", "seq"} {
		from.AddPrimaryKeyColumnWithMinValue(name)
		to.AddPrimaryKeyColumnWithMaxValue(name)
	}
	return each(ctx, c, scan{table: outboxTable, from: from, to: to, forward: true}, func(row columns) (registry.Owed, error) {
		return row.owed(), nil
	})
}

func (c columns) owed() registry.Owed {
	return registry.Owed{
		Webhook: c.text(colWebhook), Subject: c.text(colSubject), Seq: c.number(colSeq), Of: c.text(colOf), Package: c.text(colPackage),
		Asked: c.time(colAsked), Resend: c.flag(colResend), Tries: int(c.number(colTries)),
		First: c.time(colFirst), Due: c.time(colDue), Leased: c.time(colLeased), Stamp: c.text(colStamp),
	}
}

// PutOwed implements registry.Outbox.
func (c *Client) PutOwed(ctx context.Context, o registry.Owed) (registry.Owed, error) {
	row := announced(o)
	row[colTries] = int64(o.Tries)
	row.setTime(colFirst, o.First)
	row.setTime(colDue, o.Due)
	row.setTime(colLeased, o.Leased)
	err := c.put(ctx, outboxTable, owedKey(o), row, sdk.RowExistenceExpectation_EXPECT_EXIST, equals(colStamp, o.Stamp))
	if err == nil {
		o.Stamp = row.text(colStamp)
	}
	return o, err
}

// DropOwed implements registry.Outbox.
func (c *Client) DropOwed(ctx context.Context, o registry.Owed) error {
	change := &sdk.DeleteRowChange{TableName: outboxTable, PrimaryKey: owedKey(o)}
	change.SetCondition(sdk.RowExistenceExpectation_EXPECT_EXIST)
	change.SetColumnCondition(equals(colStamp, o.Stamp))
	_, err := call(ctx, c.sdk.DeleteRow, &sdk.DeleteRowRequest{DeleteRowChange: change})
	return err
}

func deliveryKey(webhook, id string) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("webhook", webhook)
	k.AddPrimaryKeyColumn("id", id)
	return k
}

// PutDelivery implements registry.Outbox.
func (c *Client) PutDelivery(ctx context.Context, d registry.Delivery) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return c.put(ctx, deliveriesTable, deliveryKey(d.Webhook, d.ID), columns{colDelivery: string(text)}, sdk.RowExistenceExpectation_IGNORE, nil)
}

// Delivery implements registry.Outbox.
func (c *Client) Delivery(ctx context.Context, webhook, id string) (registry.Delivery, error) {
	row, ok, err := c.get(ctx, deliveriesTable, deliveryKey(webhook, id))
	if err != nil {
		return registry.Delivery{}, err
	}
	if !ok {
		return registry.Delivery{}, missing("delivery")
	}
	return row.delivery()
}

func (c columns) delivery() (registry.Delivery, error) {
	var d registry.Delivery
	if err := json.Unmarshal([]byte(c.text(colDelivery)), &d); err != nil {
		return d, fmt.Errorf("stored delivery: %w", err)
	}
	return d, nil
}

// Deliveries implements registry.Outbox.
func (c *Client) Deliveries(ctx context.Context, webhook string, limit int) ([]registry.Delivery, error) {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumn("webhook", webhook)
	from.AddPrimaryKeyColumnWithMaxValue("id")
	to.AddPrimaryKeyColumn("webhook", webhook)
	to.AddPrimaryKeyColumnWithMinValue("id")
	rows, _, err := c.rows(ctx, scan{table: deliveriesTable, from: from, to: to}, limit)
	if err != nil {
		return nil, err
	}
	var list []registry.Delivery
	for _, row := range rows {
		d, err := row.delivery()
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}
