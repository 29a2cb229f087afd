package tablestore

import (
	"errors"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// refused returns the capacity units of a call that failed. Errors report none;
// a write whose condition does not hold takes one of each, says the service's
// documentation of PutRow and UpdateRow.
func refused(err error) (read, write int64) {
	if ots, ok := errors.AsType[*sdk.OtsError](err); ok && ots.Code == conditionCheckFail {
		return 1, 1
	}
	return 0, 0
}

// consumed returns the capacity units that an answer reports.
func consumed(response any) (read, write int64) {
	switch r := response.(type) {
	case *sdk.GetRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.PutRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.UpdateRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.DeleteRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.GetRangeResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.SearchResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.BatchGetRowResponse:
		for _, rows := range r.TableToRowsResult {
			for _, row := range rows {
				ofRow, _ := units(row.ConsumedCapacityUnit)
				read += ofRow
			}
		}
	}
	return read, write
}

func units(u *sdk.ConsumedCapacityUnit) (read, write int64) {
	if u == nil {
		return 0, 0
	}
	return int64(u.Read), int64(u.Write)
}
