'use strict';
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');

// zip packs the files of a folder, with their permissions. The same files give
// the same bytes: they are sorted, and all have ZIP's first date.
module.exports = function zip(folder) {
  const files = fs.readdirSync(folder, { recursive: true }).sort();
  const entries = [];
  const directory = [];
  let offset = 0;
  for (const name of files) {
    const stat = fs.statSync(path.join(folder, name));
    if (!stat.isFile()) continue;
    const { local, central } = entry(name, fs.readFileSync(path.join(folder, name)), stat.mode, offset);
    entries.push(...local);
    directory.push(central);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  return Buffer.concat([...entries, ...directory, end(directory, offset)]);
};

// entry returns the parts of a file in a ZIP; those in its front are local.
function entry(name, body, mode, offset) {
  const title = Buffer.from(name);
  const packed = zlib.deflateRawSync(body);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version that is needed
  common.writeUInt16LE(0x800, 2); // the name is UTF-8
  common.writeUInt16LE(8, 4); // deflate
  common.writeUInt16LE(0x21, 8); // 1980-01-01
  common.writeUInt32LE(zlib.crc32(body), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(body.length, 18);
  common.writeUInt16LE(title.length, 22);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((mode << 16) >>> 0, 6); // external attributes
  rest.writeUInt32LE(offset, 10);
  return {
    local: [Buffer.from('PK\x03\x04'), common, title, packed],
    central: Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, rest, title]), // made by Unix
  };
}

function end(directory, offset) {
  const text = Buffer.alloc(22);
  text.write('PK\x05\x06');
  text.writeUInt16LE(directory.length, 8);
  text.writeUInt16LE(directory.length, 10);
  text.writeUInt32LE(directory.reduce((sum, entry) => sum + entry.length, 0), 12);
  text.writeUInt32LE(offset, 16);
  return text;
}
