package tablestore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Columns of a record's journal.
const (
	colRevision = "Revision"
	colEvent    = "Event"
	colRecent   = "Recent"
)

func (c columns) journal() (registry.Journal, error) {
	j := registry.Journal{Revision: c.number(colRevision)}
	if recent := c.text(colRecent); recent != "" {
		j.Recent = strings.Split(recent, "\n")
	}
	if event := c.text(colEvent); event != "" {
		if err := json.Unmarshal([]byte(event), &j.Event); err != nil {
			return j, fmt.Errorf("stored event: %w", err)
		}
	}
	return j, nil
}

// setJournal writes a journal of the next revision.
func (c columns) setJournal(j registry.Journal) error {
	c[colRevision] = j.Revision + 1
	c.set(colRecent, strings.Join(j.Recent, "\n"))
	if j.Event == nil {
		return nil
	}
	event, err := json.Marshal(j.Event)
	c[colEvent] = string(event)
	return err
}

// revise writes a row whose stored revision is still the given one, 0 standing
// for no row.
func (c *Client) revise(ctx context.Context, table string, key *sdk.PrimaryKey, row columns, revision int64) error {
	if revision == 0 {
		return c.put(ctx, table, key, row, sdk.RowExistenceExpectation_EXPECT_NOT_EXIST, nil)
	}
	return c.put(ctx, table, key, row, sdk.RowExistenceExpectation_EXPECT_EXIST, equals(colRevision, revision))
}
