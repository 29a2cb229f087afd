'use strict';

// The ECMA polynomial, reversed, in halves of 32 bits.
const HIGH = 0xc96c5795;
const LOW = 0xd7870f42;

const high = new Uint32Array(256);
const low = new Uint32Array(256);
for (let i = 0; i < 256; i++) {
  let h = 0;
  let l = i;
  for (let bit = 0; bit < 8; bit++) {
    const odd = l & 1;
    l = (l >>> 1) | (h << 31);
    h >>>= 1;
    if (odd) {
      l ^= LOW;
      h ^= HIGH;
    }
  }
  high[i] = h;
  low[i] = l;
}

// crc64 returns the CRC-64 (ECMA) of a buffer in decimal digits, as the service
// tells it of a function's code.
module.exports = function crc64(buffer) {
  let h = -1;
  let l = -1;
  for (let i = 0; i < buffer.length; i++) {
    const at = (l ^ buffer[i]) & 0xff;
    l = ((l >>> 8) | (h << 24)) ^ low[at];
    h = (h >>> 8) ^ high[at];
  }
  return ((BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0)).toString();
};
