package tablestore

import (
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

const forever = -1 // a time to live

func (s *Service) createSearchIndex(_ *usage, r *pb.CreateSearchIndexRequest) (proto.Message, error) {
	switch {
	case !validName.MatchString(r.GetIndexName()):
		return nil, invalid("Invalid search index name: '%s'.", r.GetIndexName())
	case r.SourceIndexName != nil:
		return nil, notEmulated("source of a search index")
	case r.TimeToLive != nil && r.GetTimeToLive() != forever:
		return nil, notEmulated("time to live of a search index")
	}
	s.writes.Lock()
	defer s.writes.Unlock()
	t, err := s.tables.find(r.GetTableName())
	if err != nil {
		return nil, err
	}
	if err := checkIndexable(t.GetTableOptions()); err != nil {
		return nil, err
	}
	x, err := newIndex(t.name(), r.GetIndexName(), &pb.DescribeSearchIndexResponse{
		Schema:     complete(r.GetSchema()),
		CreateTime: proto.Int64(s.clock().UnixMilli()),
		TimeToLive: proto.Int32(forever),
	}, s.indexes.lag)
	if err != nil {
		return nil, err
	}
	return &pb.CreateSearchIndexResponse{}, s.indexes.create(x)
}

// checkIndexable checks the options of a table that has a search index, which
// keeps rows for ever.
func checkIndexable(o *pb.TableOptions) error {
	if o.GetMaxVersions() != 1 {
		return invalid("A table with a search index must have max versions 1, got %d.", o.GetMaxVersions())
	}
	if o.GetTimeToLive() != forever {
		return invalid("[table ttl] must be bigger than or equal search index ttl")
	}
	return nil
}

// complete adds what the SDK dereferences in the description of an index.
func complete(schema *pb.IndexSchema) *pb.IndexSchema {
	schema = proto.Clone(schema).(*pb.IndexSchema)
	if schema == nil {
		schema = &pb.IndexSchema{}
	}
	if schema.IndexSetting == nil {
		schema.IndexSetting = &pb.IndexSetting{NumberOfShards: proto.Int32(1)}
	}
	if len(schema.GetIndexSort().GetSorter()) == 0 {
		schema.IndexSort = &pb.Sort{Sorter: []*pb.Sorter{{PkSort: &pb.PrimaryKeySort{Order: pb.SortOrder_SORT_ORDER_ASC.Enum()}}}}
	}
	return schema
}

// reservedUnits are the read capacity units that the service reserves for an
// index of less than 200 MB and 400,000 rows.
const reservedUnits = 20

func (s *Service) describeSearchIndex(_ *usage, r *pb.DescribeSearchIndexRequest) (proto.Message, error) {
	_, x, err := s.findIndex(r.GetTableName(), r.GetIndexName())
	if err != nil {
		return nil, err
	}
	now := s.clock()
	d := proto.Clone(x.description).(*pb.DescribeSearchIndexResponse)
	d.MeteringInfo = &pb.MeteringInfo{ // the storage size is not counted
		RowCount:       proto.Int64(int64(x.rows(now))),
		ReservedReadCu: proto.Int64(reservedUnits),
		Timestamp:      proto.Int64(now.UnixMilli()),
	}
	if r.IncludeSyncStat == nil || r.GetIncludeSyncStat() {
		d.SyncStat = &pb.SyncStat{
			SyncPhase:            pb.SyncPhase_INCR.Enum(),
			CurrentSyncTimestamp: proto.Int64(now.Add(-x.lag).UnixMilli()),
		}
	}
	return d, nil
}

func (s *Service) listSearchIndex(_ *usage, r *pb.ListSearchIndexRequest) (proto.Message, error) {
	response := &pb.ListSearchIndexResponse{}
	for _, x := range s.indexes.of(r.GetTableName()) {
		response.Indices = append(response.Indices, &pb.IndexInfo{TableName: &x.table, IndexName: &x.name})
	}
	return response, nil
}

func (s *Service) deleteSearchIndex(_ *usage, r *pb.DeleteSearchIndexRequest) (proto.Message, error) {
	s.writes.Lock()
	defer s.writes.Unlock()
	if _, _, err := s.findIndex(r.GetTableName(), r.GetIndexName()); err != nil {
		return nil, err
	}
	return &pb.DeleteSearchIndexResponse{}, s.indexes.remove(r.GetTableName(), r.GetIndexName())
}

func (s *Service) findIndex(tableName, name string) (*table, *index, error) {
	t, err := s.tables.find(tableName)
	if err != nil {
		return nil, nil, err
	}
	x, err := s.indexes.find(tableName, name)
	return t, x, err
}
