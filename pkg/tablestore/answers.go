package tablestore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Answers = (*Client)(nil)

// Columns of the upstream table: the answer as JSON, and what describes it.
const (
	colAnswer   = "Answer"
	colAskedAt  = "AskedAt" // milliseconds
	colQuestion = "Question"
	colUpstream = "Upstream"
	colSince    = "Since" // seconds
)

// maxAnswer is how many bytes a text column holds (Tablestore, "General limits").
const maxAnswer = 2 << 20

// answer is the JSON of an answer.
type answer struct {
	Package  registry.Package   `json:"package"`
	Releases []registry.Release `json:"releases"`
}

func answerKey(name, item string) *sdk.PrimaryKey {
	k := new(sdk.PrimaryKey)
	k.AddPrimaryKeyColumn("package", name)
	k.AddPrimaryKeyColumn("item", item)
	return k
}

// Kept implements registry.Answers: three rows in one call.
func (c *Client) Kept(ctx context.Context, name string, q registry.Question) (registry.Kept, error) {
	rows, err := c.getTables(ctx, map[string][]*sdk.PrimaryKey{
		upstreamTable: {answerKey(name, string(q))}, originsTable: {key(name)}, reservedTable: {key(reservedID)},
	})
	if err != nil {
		return registry.Kept{}, err
	}
	kept := registry.Kept{Reserved: rows[reservedTable][0].patterns()}
	if row := rows[originsTable][0]; row != nil {
		o := row.origin()
		kept.Origin = &o
	}
	if row := rows[upstreamTable][0]; row != nil {
		a, err := row.answer()
		if err != nil {
			return kept, fmt.Errorf("kept answer about %s: %w", name, err)
		}
		kept.Answer = &a
	}
	return kept, nil
}

func (c columns) answer() (registry.Answer, error) {
	var a answer
	err := json.Unmarshal([]byte(c.text(colAnswer)), &a)
	return registry.Answer{Package: a.Package, Releases: a.Releases, Asked: time.UnixMilli(c.number(colAskedAt)).UTC()}, err
}

func (c columns) origin() registry.Origin {
	return registry.Origin{Name: c.text("Name"), Upstream: c.text(colUpstream), Since: time.Unix(c.number(colSince), 0).UTC()}
}

// Keep implements registry.Answers.
func (c *Client) Keep(ctx context.Context, name string, q registry.Question, a registry.Answer) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer{a.Package, a.Releases}); err != nil {
		return err
	}
	if text.Len() > maxAnswer {
		return fmt.Errorf("the answer about %s takes %d bytes, and a column has %d", name, text.Len(), maxAnswer)
	}
	d := registry.Describe(q, a)
	row := columns{colAnswer: text.String(), colQuestion: string(q), colAskedAt: a.Asked.UnixMilli(), "Size": d.Original.Size}
	row.set(colUpstream, d.Upstream)
	row.set("SHA256", d.Original.SHA256)
	return c.put(ctx, upstreamTable, answerKey(name, string(q)), row, sdk.RowExistenceExpectation_IGNORE, nil)
}

// PutOrigin implements registry.Answers. The SDK repeats a write whose answer was
// lost: what is stored then is what was to be.
func (c *Client) PutOrigin(ctx context.Context, o registry.Origin) (registry.Origin, error) {
	row := columns{"Name": o.Name, colUpstream: o.Upstream, colSince: o.Since.Unix()}
	id := key(o.Name)
	err := c.put(ctx, originsTable, id, row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	if registry.CodeOf(err) != registry.Conflict {
		return o, err
	}
	row, ok, err := c.get(ctx, originsTable, id)
	if err == nil && !ok {
		err = missing("origin")
	}
	return row.origin(), err
}

// ForgetOrigin implements registry.Answers.
func (c *Client) ForgetOrigin(ctx context.Context, name string) error {
	return c.remove(ctx, originsTable, key(name))
}

// Known implements registry.Answers: one call.
func (c *Client) Known(ctx context.Context, names []string) ([]registry.Origin, error) {
	keys := make([]*sdk.PrimaryKey, len(names))
	for i, name := range names {
		keys[i] = key(name)
	}
	rows, err := c.getAll(ctx, originsTable, keys, nil)
	if err != nil {
		return nil, err
	}
	var known []registry.Origin
	for _, row := range rows {
		if row != nil {
			known = append(known, row.origin())
		}
	}
	return known, nil
}

// Origins implements registry.Answers.
func (c *Client) Origins(ctx context.Context) iter.Seq2[registry.Origin, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumnWithMinValue("id")
	to.AddPrimaryKeyColumnWithMaxValue("id")
	return read(c, ctx, scan{table: originsTable, from: from, to: to, forward: true}, func(row columns) (registry.Origin, error) {
		return row.origin(), nil
	})
}

// Answered implements registry.Answers.
func (c *Client) Answered(ctx context.Context, name string) iter.Seq2[registry.Answered, error] {
	from, to := new(sdk.PrimaryKey), new(sdk.PrimaryKey)
	from.AddPrimaryKeyColumn("package", name)
	to.AddPrimaryKeyColumn("package", name)
	from.AddPrimaryKeyColumnWithMinValue("item")
	to.AddPrimaryKeyColumnWithMaxValue("item")
	return read(c, ctx, scan{
		table: upstreamTable, from: from, to: to, forward: true, names: []string{colQuestion, colAskedAt, colUpstream, "Size", "SHA256"},
	}, columns.answered)
}

// patterns are those of the reserved names; none where there is no row.
func (c columns) patterns() []string { return strings.Fields(c.text(colPatterns)) }

func (c columns) answered() (registry.Answered, error) {
	return registry.Answered{
		Question: registry.Question(c.text(colQuestion)), Upstream: c.text(colUpstream), Asked: time.UnixMilli(c.number(colAskedAt)).UTC(),
		Original: c.digest(""),
	}, nil
}
