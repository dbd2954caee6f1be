// SPDX-License-Identifier: Apache-2.0
// RFC 1951 with words known beforehand, which a browser's own DecompressionStream does not take. As strict
// as zlib, and bounded: a code on paper holds no more.
import { Broken } from "./broken.js";

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const MAX_BITS = 15;

class Bits {
  constructor(data) { this.data = data; this.place = 0; }
  take(count) {
    let value = 0;
    for (let i = 0; i < count; i += 1, this.place += 1) {
      const byte = this.data[this.place >> 3];
      if (byte === undefined) throw new Broken("an end too early");
      value |= ((byte >> (this.place & 7)) & 1) << i;
    }
    return value;
  }
  bytes(count) {
    const start = (this.place + 7) >> 3;
    if (start + count > this.data.length) throw new Broken("an end too early");
    this.place = (start + count) * 8;
    return this.data.subarray(start, start + count);
  }
}

// A canonical Huffman code: how many codes of each length, and the symbols in their order (section 3.2.2).
const code = (lengths, { mayBeOne = false } = {}) => {
  const counts = new Array(MAX_BITS + 1).fill(0);
  for (const length of lengths) counts[length] += 1;
  const used = lengths.length - counts[0];
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length <= MAX_BITS; length += 1) {
    left = left * 2 - counts[length];
    if (left < 0) throw new Broken("a code with too many words");
  }
  if (left > 0 && !(mayBeOne && (used === 0 || (used === 1 && counts[1] === 1)))) throw new Broken("a code with too few words");
  const starts = new Array(MAX_BITS + 2).fill(0);
  for (let length = 1; length <= MAX_BITS; length += 1) starts[length + 1] = starts[length] + counts[length];
  const symbols = new Array(used);
  lengths.forEach((length, symbol) => { if (length) { symbols[starts[length]] = symbol; starts[length] += 1; } });
  return { counts, symbols };
};

const symbol = (bits, { counts, symbols }) => {
  let word = 0, first = 0, index = 0;
  for (let length = 1; length <= MAX_BITS; length += 1) {
    word |= bits.take(1);
    const count = counts[length];
    if (word - first < count) return symbols[index + word - first];
    index += count;
    first = (first + count) << 1;
    word <<= 1;
  }
  throw new Broken("a word of no code");
};

const fixed = () => {
  const lengths = [...new Array(144).fill(8), ...new Array(112).fill(9), ...new Array(24).fill(7), ...new Array(8).fill(8)];
  return [code(lengths), code(new Array(32).fill(5))];
};

const dynamic = (bits) => {
  const literals = bits.take(5) + 257, distances = bits.take(5) + 1, count = bits.take(4) + 4;
  if (literals > 286 || distances > 30) throw new Broken("too many symbols");
  const meta = new Array(19).fill(0);
  for (let i = 0; i < count; i += 1) meta[ORDER[i]] = bits.take(3);
  const table = code(meta);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const next = symbol(bits, table);
    if (next < 16) { lengths.push(next); continue; }
    if (next === 16 && !lengths.length) throw new Broken("nothing to repeat");
    const value = next === 16 ? lengths.at(-1) : 0;
    const times = next === 16 ? 3 + bits.take(2) : next === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (lengths.length + times > literals + distances) throw new Broken("too many lengths");
    for (let i = 0; i < times; i += 1) lengths.push(value);
  }
  if (!lengths[256]) throw new Broken("no word for the end");
  return [code(lengths.slice(0, literals), { mayBeOne: true }), code(lengths.slice(literals), { mayBeOne: true })];
};

// Gives the bytes; throws Broken for any that zlib would not open, too many, or some left over.
export const inflated = (packed, words, most) => {
  const bits = new Bits(packed);
  const out = new Uint8Array(words.length + most);
  out.set(words);
  let end = words.length;
  const put = (byte) => {
    if (end === out.length) throw new Broken("far more inside than a code on paper");
    out[end] = byte;
    end += 1;
  };
  for (let last = 0; !last;) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 3) throw new Broken("a block of no kind");
    if (kind === 0) {
      const [a, b, c, d] = bits.bytes(4);
      const length = a | (b << 8);
      if ((length ^ 0xffff) !== (c | (d << 8))) throw new Broken("another length");
      for (const byte of bits.bytes(length)) put(byte);
      continue;
    }
    const [literal, distance] = kind === 1 ? fixed() : dynamic(bits);
    for (let next = symbol(bits, literal); next !== 256; next = symbol(bits, literal)) {
      if (next < 256) { put(next); continue; }
      if (next > 285) throw new Broken("a length there is none of");
      const length = LENGTHS[next - 257] + bits.take(LENGTH_BITS[next - 257]);
      const far = symbol(bits, distance);
      if (far > 29) throw new Broken("a distance there is none of");
      const back = DISTANCES[far] + bits.take(DISTANCE_BITS[far]);
      if (back > end) throw new Broken("a distance beyond the beginning");
      for (let i = 0; i < length; i += 1) put(out[end - back]);
    }
  }
  if ((bits.place + 7) >> 3 !== packed.length) throw new Broken("bytes after the end");
  return out.slice(words.length, end);
};
