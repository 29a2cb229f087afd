package tablestore

import sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

// consumed returns the capacity units that an answer reports. A refusal reports
// none, so what a write costs whose condition failed is not in the sum.
func consumed(response any) (read, write int64) {
	switch r := response.(type) {
	case *sdk.GetRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.PutRowResponse:
		return units(r.ConsumedCapacityUnit)
	case *sdk.UpdateRowResponse:
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
