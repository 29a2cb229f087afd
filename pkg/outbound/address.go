package outbound

import "net/netip"

// public tells whether an address is of the public Internet, and written in the
// one way that there is: an IPv6 address that stands for an IPv4 one is not.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Is4In6() || a.Zone() != "" {
		return false
	}
	if a.Is6() && !prefix6(0x2000, 0, 3).Contains(a) { // what IANA gives out for IPv6 unicast
		return false
	}
	for _, p := range special() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// special are the prefixes of IANA's registries of special-purpose addresses
// that are not globally reachable, or that stand for other addresses.
func special() []netip.Prefix {
	return []netip.Prefix{
		prefix4(0, 0, 0, 0, 8),       // this network
		prefix4(10, 0, 0, 0, 8),      // private
		prefix4(100, 64, 0, 0, 10),   // carrier-grade NAT; Alibaba Cloud's metadata too
		prefix4(127, 0, 0, 0, 8),     // loopback
		prefix4(169, 254, 0, 0, 16),  // link-local
		prefix4(172, 16, 0, 0, 12),   // private
		prefix4(192, 0, 0, 0, 24),    // protocol assignments
		prefix4(192, 0, 2, 0, 24),    // documentation
		prefix4(192, 88, 99, 0, 24),  // 6to4 relays
		prefix4(192, 168, 0, 0, 16),  // private
		prefix4(198, 18, 0, 0, 15),   // benchmarks
		prefix4(198, 51, 100, 0, 24), // documentation
		prefix4(203, 0, 113, 0, 24),  // documentation
		prefix4(224, 0, 0, 0, 4),     // multicast
		prefix4(240, 0, 0, 0, 4),     // reserved, and broadcast
		prefix6(0x2001, 0, 23),       // protocol assignments, Teredo
		prefix6(0x2001, 0x0db8, 32),  // documentation
		prefix6(0x2002, 0, 16),       // 6to4
		prefix6(0x3fff, 0, 20),       // documentation
	}
}

func prefix4(a, b, c, d byte, bits int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{a, b, c, d}), bits)
}

// prefix6 is the prefix that begins with two groups of 16 bits.
func prefix6(a, b uint16, bits int) netip.Prefix {
	first := [16]byte{byte(a >> 8), byte(a), byte(b >> 8), byte(b)}
	return netip.PrefixFrom(netip.AddrFrom16(first), bits)
}
