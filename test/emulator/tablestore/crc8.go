package tablestore

// crc8Table is the CRC-8 with polynomial 0x07, one byte at a time.
var crc8Table = makeCRC8Table()

func makeCRC8Table() (table [256]byte) {
	for i := range table {
		x := byte(i)
		for range 8 {
			if x&0x80 != 0 {
				x = x<<1 ^ 0x07
			} else {
				x <<= 1
			}
		}
		table[i] = x
	}
	return table
}

func crc8Byte(sum, b byte) byte { return crc8Table[sum^b] }

func crc8(sum byte, b []byte) byte {
	for _, x := range b {
		sum = crc8Table[sum^x]
	}
	return sum
}
