package tablestore

import (
	"bytes"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

func (p *queryParser) constant(q *pb.ConstScoreQuery, depth int) (searchindex.Query, error) {
	filter, err := p.query(q.GetFilter(), depth)
	return searchindex.Constant{Query: filter}, err
}

// bool reads a BoolQuery. Of its should queries at least one must match when
// there are no other queries beside them, none otherwise, unless it says.
func (p *queryParser) bool(q *pb.BoolQuery, depth int) (searchindex.Query, error) {
	var b searchindex.Bool
	for _, part := range []struct {
		queries []*pb.Query
		to      *[]searchindex.Query
	}{
		{q.GetMustQueries(), &b.Must}, {q.GetFilterQueries(), &b.Filter}, {q.GetMustNotQueries(), &b.MustNot},
	} {
		for _, query := range part.queries {
			parsed, err := p.query(query, depth)
			if err != nil {
				return nil, err
			}
			*part.to = append(*part.to, parsed)
		}
	}
	switch others := len(b.Must) + len(b.Filter) + len(b.MustNot); {
	case q.MinimumShouldMatch != nil:
		b.Minimum = int(q.GetMinimumShouldMatch())
	case others == 0 && len(q.GetShouldQueries()) > 0:
		b.Minimum = 1
	}
	if b.Minimum < 0 {
		return nil, invalid("minimum_should_match must not be negative.")
	}
	var err error
	b.Should, err = p.should(q.GetShouldQueries(), b.Minimum, depth)
	return b, err
}

// should reads the should queries. One that is repeated, which is how a client
// weighs it, is searched for once, unless the number of matches counts.
func (p *queryParser) should(queries []*pb.Query, minimum, depth int) ([]searchindex.Query, error) {
	var list []searchindex.Query
	for i := 0; i < len(queries); {
		query, err := p.query(queries[i], depth)
		if err != nil {
			return nil, err
		}
		n := 1
		for minimum <= 1 && i+n < len(queries) && same(queries[i], queries[i+n]) {
			n++
		}
		if p.left -= n - 1; p.left < 0 {
			return nil, invalid("The number of queries exceeds the limit: %d.", maxQueries)
		}
		if n > 1 {
			query = searchindex.Weighted{Query: query, Weight: float64(n)}
		}
		list, i = append(list, query), i+n
	}
	return list, nil
}

func same(a, b *pb.Query) bool {
	return a.GetType() == b.GetType() && bytes.Equal(a.GetQuery(), b.GetQuery())
}
