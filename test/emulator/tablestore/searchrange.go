package tablestore

import (
	"math"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

func (p *queryParser) valueRange(q *pb.RangeQuery) (searchindex.Query, error) {
	f, err := p.field(q.GetFieldName())
	if err != nil {
		return nil, err
	}
	if f.kind() == searchindex.Text {
		return nil, notEmulated("range of field '" + q.GetFieldName() + "' of type TEXT")
	}
	from, err := f.bound(q.GetRangeFrom())
	if err != nil {
		return nil, err
	}
	to, err := f.bound(q.GetRangeTo())
	if err != nil {
		return nil, err
	}
	if f.kind() == searchindex.Number {
		return numberRange(f, q, from, to), nil
	}
	r := searchindex.KeywordRange{Field: f.place, IncludeLower: q.GetIncludeLower(), IncludeTop: q.GetIncludeUpper()}
	if from != nil {
		r.From = &from.Texts[0]
	}
	if to != nil {
		r.To = &to.Texts[0]
	}
	return r, nil
}

// bound decodes a bound of a range, nil when there is none.
func (f *indexField) bound(encoded []byte) (*searchindex.Values, error) {
	if encoded == nil {
		return nil, nil
	}
	v, err := f.term(encoded)
	return &v, err
}

func numberRange(f *indexField, q *pb.RangeQuery, from, to *searchindex.Values) searchindex.Query {
	r := searchindex.NumberRange{Field: f.place, From: math.MinInt64, To: math.MaxInt64}
	if from != nil {
		r.From = from.Numbers[0]
		if !q.GetIncludeLower() {
			if r.From == math.MaxInt64 {
				return searchindex.Numbers{Field: f.place}
			}
			r.From++
		}
	}
	if to != nil {
		r.To = to.Numbers[0]
		if !q.GetIncludeUpper() {
			if r.To == math.MinInt64 {
				return searchindex.Numbers{Field: f.place}
			}
			r.To--
		}
	}
	return r
}
