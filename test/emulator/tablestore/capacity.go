package tablestore

import (
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

const bytesPerUnit = 4096

// capacity is what an operation costs, in capacity units of 4 KB.
type capacity struct{ read, write int }

// units rounds up to whole units; nothing at all counts as one.
func units(size int) int {
	return max(1, (size+bytesPerUnit-1)/bytesPerUnit)
}

func (c capacity) consumed() *pb.ConsumedCapacity {
	return &pb.ConsumedCapacity{CapacityUnit: &pb.CapacityUnit{
		Read:  proto.Int32(int32(c.read)),
		Write: proto.Int32(int32(c.write)),
	}}
}

// usage adds up what one request costs, by table.
type usage struct {
	operation string
	tables    []string
	costs     []capacity
}

func (u *usage) add(table string, c capacity) {
	for i, name := range u.tables {
		if name == table {
			u.costs[i].read += c.read
			u.costs[i].write += c.write
			return
		}
	}
	u.tables = append(u.tables, table)
	u.costs = append(u.costs, c)
}

// settle tells the meter: one call for each table that took part.
func (u *usage) settle(m *meter.Meter) {
	for i, table := range u.tables {
		m.Add(meter.Key{Service: "tablestore", Operation: u.operation, Resource: table}, u.costs[i].read, u.costs[i].write)
	}
}
