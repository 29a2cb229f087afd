package tablestore

import (
	"unicode/utf8"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/tablestore/searchindex"
)

// Limits of the vendor's page "Search index limits"; the depth is our own.
const (
	maxQueries       = 1024 // in one Search
	maxQueryDepth    = 32
	maxTerms         = 1024 // of a TermsQuery
	maxPrefixBytes   = 1000
	maxWildcardRunes = 32
)

// queryParser reads the query of a Search from an untrusted client.
type queryParser struct {
	fields map[string]*indexField
	left   int // queries that may come
}

func (x *index) parseQuery(q *pb.Query) (searchindex.Query, error) {
	p := &queryParser{fields: x.fields, left: maxQueries}
	return p.query(q, maxQueryDepth)
}

func (p *queryParser) query(q *pb.Query, depth int) (searchindex.Query, error) {
	if p.left--; p.left < 0 {
		return nil, invalid("The number of queries exceeds the limit: %d.", maxQueries)
	}
	if depth == 0 {
		return nil, invalid("The queries are nested deeper than %d.", maxQueryDepth)
	}
	if q == nil || q.Type == nil {
		return nil, invalid("The query is missing.")
	}
	body := q.GetQuery()
	switch q.GetType() {
	case pb.QueryType_MATCH_ALL_QUERY:
		return searchindex.All{}, nil
	case pb.QueryType_TERM_QUERY:
		return parse(body, p.term)
	case pb.QueryType_TERMS_QUERY:
		return parse(body, p.terms)
	case pb.QueryType_MATCH_QUERY:
		return parse(body, p.match)
	case pb.QueryType_MATCH_PHRASE_QUERY:
		return parse(body, p.phrase)
	case pb.QueryType_PREFIX_QUERY:
		return parse(body, p.prefix)
	case pb.QueryType_WILDCARD_QUERY:
		return parse(body, p.wildcard)
	case pb.QueryType_RANGE_QUERY:
		return parse(body, p.valueRange)
	case pb.QueryType_EXISTS_QUERY:
		return parse(body, p.exists)
	case pb.QueryType_BOOL_QUERY:
		return parse(body, func(q *pb.BoolQuery) (searchindex.Query, error) { return p.bool(q, depth-1) })
	case pb.QueryType_CONST_SCORE_QUERY:
		return parse(body, func(q *pb.ConstScoreQuery) (searchindex.Query, error) { return p.constant(q, depth-1) })
	}
	return nil, notEmulated("query of type " + q.GetType().String())
}

// parse decodes the body of a query.
func parse[M any, Q interface {
	*M
	proto.Message
}](body []byte, read func(Q) (searchindex.Query, error)) (searchindex.Query, error) {
	q := Q(new(M))
	if err := proto.Unmarshal(body, q); err != nil {
		return nil, invalid("Cannot parse the query: %v.", err)
	}
	return read(q)
}

// field returns the field that a query names.
func (p *queryParser) field(name string) (*indexField, error) {
	f := p.fields[name]
	if f == nil {
		return nil, invalid("Field '%s' is not in the search index.", name)
	}
	if f.Index != nil && !f.GetIndex() {
		return nil, invalid("Field '%s' is not indexed.", name)
	}
	return f, nil
}

// words returns the field that a query by text names.
func (p *queryParser) words(name string, kind pb.QueryType) (*indexField, error) {
	f, err := p.field(name)
	if err == nil && f.kind() == searchindex.Number {
		return nil, invalid("Field '%s' of type %s does not support %s.", name, f.GetFieldType(), kind)
	}
	return f, err
}

func (p *queryParser) term(q *pb.TermQuery) (searchindex.Query, error) {
	return p.anyTerm(q.GetFieldName(), q.GetTerm())
}

func (p *queryParser) terms(q *pb.TermsQuery) (searchindex.Query, error) {
	if n := len(q.GetTerms()); n == 0 || n > maxTerms {
		return nil, invalid("The number of terms must be in range: [1, %d], got %d.", maxTerms, n)
	}
	return p.anyTerm(q.GetFieldName(), q.GetTerms()...)
}

func (p *queryParser) anyTerm(name string, terms ...[]byte) (searchindex.Query, error) {
	f, err := p.field(name)
	if err != nil {
		return nil, err
	}
	var texts []string
	var numbers []int64
	for _, encoded := range terms {
		v, err := f.term(encoded)
		if err != nil {
			return nil, err
		}
		texts, numbers = append(texts, v.Texts...), append(numbers, v.Numbers...)
	}
	if f.kind() == searchindex.Number {
		return searchindex.Numbers{Field: f.place, Values: numbers}, nil
	}
	return searchindex.Terms{Field: f.place, Texts: texts}, nil
}

// term decodes a value that a query compares the field with.
func (f *indexField) term(encoded []byte) (searchindex.Values, error) {
	v, rest, err := splitVariant(encoded)
	if err != nil {
		return searchindex.Values{}, err
	}
	t := f.GetFieldType()
	switch kind := v.kind(); {
	case len(rest) > 0:
	case kind == typeString && f.kind() != searchindex.Number:
		return searchindex.Values{Texts: []string{string(v.text())}}, nil
	case kind == typeInteger && t == pb.FieldType_LONG:
		return numbers(v.integer()), nil
	case kind == typeInteger && t == pb.FieldType_DOUBLE:
		return numbers(searchindex.Ordered(float64(v.integer()))), nil
	case kind == typeDouble && t == pb.FieldType_DOUBLE:
		return numbers(searchindex.Ordered(v.double())), nil
	case kind == typeBoolean && t == pb.FieldType_BOOLEAN:
		return numbers(int64(v[1])), nil
	}
	return searchindex.Values{}, invalid("A value of type %s does not suit field '%s' of type %s.", v.typeName(), f.GetFieldName(), t)
}

func (p *queryParser) match(q *pb.MatchQuery) (searchindex.Query, error) {
	f, err := p.words(q.GetFieldName(), pb.QueryType_MATCH_QUERY)
	switch {
	case err != nil:
		return nil, err
	case f.kind() == searchindex.Keyword: // is not split
		return searchindex.Terms{Field: f.place, Texts: []string{q.GetText()}}, nil
	case q.GetMinimumShouldMatch() < 0:
		return nil, invalid("minimum_should_match must not be negative.")
	}
	return searchindex.Match{
		Field: f.place, Text: q.GetText(),
		And: q.Operator != nil && q.GetOperator() == pb.QueryOperator_AND, Minimum: int(q.GetMinimumShouldMatch()),
	}, nil
}

func (p *queryParser) phrase(q *pb.MatchPhraseQuery) (searchindex.Query, error) {
	f, err := p.words(q.GetFieldName(), pb.QueryType_MATCH_PHRASE_QUERY)
	switch {
	case err != nil:
		return nil, err
	case f.kind() == searchindex.Keyword:
		return searchindex.Terms{Field: f.place, Texts: []string{q.GetText()}}, nil
	}
	return searchindex.Phrase{Field: f.place, Text: q.GetText()}, nil
}

func (p *queryParser) prefix(q *pb.PrefixQuery) (searchindex.Query, error) {
	f, err := p.words(q.GetFieldName(), pb.QueryType_PREFIX_QUERY)
	if err != nil {
		return nil, err
	}
	if len(q.GetPrefix()) > maxPrefixBytes {
		return nil, errTooLong(maxPrefixBytes, pb.QueryType_PREFIX_QUERY)
	}
	return searchindex.Prefix{Field: f.place, Text: q.GetPrefix()}, nil
}

func (p *queryParser) wildcard(q *pb.WildcardQuery) (searchindex.Query, error) {
	f, err := p.words(q.GetFieldName(), pb.QueryType_WILDCARD_QUERY)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(q.GetValue()) > maxWildcardRunes {
		return nil, errTooLong(maxWildcardRunes, pb.QueryType_WILDCARD_QUERY)
	}
	return searchindex.Wildcard{Field: f.place, Pattern: q.GetValue()}, nil
}

// errTooLong has the words that the vendor documents for wildcards.
func errTooLong(limit int, kind pb.QueryType) error {
	return invalid("length of field value is longer than %d for the [%s] query", limit, kind)
}

func (p *queryParser) exists(q *pb.ExistsQuery) (searchindex.Query, error) {
	f, err := p.field(q.GetFieldName())
	if err != nil {
		return nil, err
	}
	return searchindex.Exists{Field: f.place}, nil
}
