package tablestore

import (
	"math"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

func (s *Service) createTable(_ *usage, r *pb.CreateTableRequest) (proto.Message, error) {
	if err := checkNotEmulated(r); err != nil {
		return nil, err
	}
	if err := checkTableMeta(r.GetTableMeta()); err != nil {
		return nil, err
	}
	options, err := checkTableOptions(r.GetTableOptions())
	if err != nil {
		return nil, err
	}
	t := newTable(&pb.DescribeTableResponse{
		TableMeta:    r.GetTableMeta(),
		TableOptions: options,
		TableStatus:  pb.TableStatus_ACTIVE.Enum(),
		ReservedThroughputDetails: &pb.ReservedThroughputDetails{
			CapacityUnit:     r.GetReservedThroughput().GetCapacityUnit(),
			LastIncreaseTime: proto.Int64(s.clock().Unix()),
		},
	})
	return &pb.CreateTableResponse{}, s.tables.create(t)
}

func (s *Service) describeTable(_ *usage, r *pb.DescribeTableRequest) (proto.Message, error) {
	t, err := s.tables.find(r.GetTableName())
	if err != nil {
		return nil, err
	}
	return t.DescribeTableResponse, nil
}

func (s *Service) listTable(*usage, *pb.ListTableRequest) (proto.Message, error) {
	return &pb.ListTableResponse{TableNames: s.tables.names()}, nil
}

func (s *Service) deleteTable(_ *usage, r *pb.DeleteTableRequest) (proto.Message, error) {
	s.writes.Lock()
	defer s.writes.Unlock()
	if indexes := s.indexes.of(r.GetTableName()); r.GetTableName() != "" && len(indexes) > 0 {
		return nil, invalid("Table '%s' has the search index '%s', which must be deleted first.", r.GetTableName(), indexes[0].name)
	}
	return &pb.DeleteTableResponse{}, s.tables.remove(r.GetTableName())
}

func (s *Service) updateTable(_ *usage, r *pb.UpdateTableRequest) (proto.Message, error) {
	if r.GetStreamSpec().GetEnableStream() {
		return nil, notEmulated("stream")
	}
	s.writes.Lock()
	defer s.writes.Unlock()
	t, err := s.tables.update(r.GetTableName(), func(d *pb.DescribeTableResponse) error {
		options := proto.Clone(d.GetTableOptions()).(*pb.TableOptions)
		proto.Merge(options, r.GetTableOptions())
		checked, err := checkTableOptions(options)
		if err != nil {
			return err
		}
		if len(s.indexes.of(r.GetTableName())) > 0 {
			if err := checkIndexable(checked); err != nil {
				return err
			}
		}
		d.TableOptions = checked
		if units := r.GetReservedThroughput().GetCapacityUnit(); units != nil {
			proto.Merge(d.ReservedThroughputDetails.CapacityUnit, units)
			d.ReservedThroughputDetails.LastIncreaseTime = proto.Int64(s.clock().Unix())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &pb.UpdateTableResponse{
		ReservedThroughputDetails: t.ReservedThroughputDetails,
		TableOptions:              t.TableOptions,
		StreamDetails:             &pb.StreamDetails{EnableStream: proto.Bool(false)},
	}, nil
}

func checkNotEmulated(r *pb.CreateTableRequest) error {
	switch {
	case len(r.GetIndexMetas()) > 0:
		return notEmulated("secondary index")
	case r.GetStreamSpec().GetEnableStream():
		return notEmulated("stream")
	case r.GetSseSpec().GetEnable():
		return notEmulated("server-side encryption")
	}
	return nil
}

func checkTableMeta(m *pb.TableMeta) error {
	if !validName.MatchString(m.GetTableName()) {
		return invalid("Invalid table name: '%s'.", m.GetTableName())
	}
	if n := len(m.GetPrimaryKey()); n < 1 || n > maxKeyColumns {
		return invalid("The number of primary key columns must be in range: [1, %d].", maxKeyColumns)
	}
	if len(m.GetDefinedColumn()) > maxDefined {
		return invalid("The number of defined columns must be in range: [0, %d].", maxDefined)
	}
	seen := make(map[string]bool)
	for _, column := range m.GetPrimaryKey() {
		name := column.GetName()
		switch {
		case !validName.MatchString(name):
			return invalid("Invalid column name: '%s'.", name)
		case seen[name]:
			return invalid("Duplicated primary key name: '%s'.", name)
		case column.Option != nil:
			return notEmulated("AUTO_INCREMENT primary key")
		}
		if _, ok := keyTypes[column.GetType()]; !ok {
			return invalid("%s is an invalid type for the primary key.", column.GetType())
		}
		seen[name] = true
	}
	return nil
}

// checkTableOptions returns the options with what was left out filled in.
func checkTableOptions(o *pb.TableOptions) (*pb.TableOptions, error) {
	if o == nil {
		return nil, invalid("No parameter is specified in table options.")
	}
	ttl, deviation := o.GetTimeToLive(), int64(defaultDeviation)
	if o.DeviationCellVersionInSec != nil {
		deviation = o.GetDeviationCellVersionInSec()
	}
	switch {
	case o.TimeToLive == nil:
		return nil, invalid("Time-to-live is missing while creating table.")
	case o.MaxVersions == nil:
		return nil, invalid("MaxVersions is missing while creating table.")
	case ttl == 0 || ttl < -1:
		return nil, invalid("TimeToLive cannot be 0 or less than -1.")
	case ttl > 0 && ttl < minTTL:
		return nil, invalid("TimeToLive must be -1 or at least %d seconds (one day), got %d.", minTTL, ttl)
	case o.GetMaxVersions() <= 0:
		return nil, invalid("The maximum versions cannot be less than or equal to 0.")
	case deviation <= 0 || deviation > math.MaxInt64/1000000:
		return nil, invalid("The maximum deviation must be in range [0, INT64_MAX/1000000].")
	case o.AllowUpdate != nil && !o.GetAllowUpdate(), o.GetUpdateFullRow():
		return nil, notEmulated("table that refuses or replaces by UpdateRow")
	}
	return &pb.TableOptions{
		TimeToLive:                o.TimeToLive,
		MaxVersions:               o.MaxVersions,
		DeviationCellVersionInSec: proto.Int64(deviation),
	}, nil
}
