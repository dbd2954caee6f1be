// SPDX-License-Identifier: Apache-2.0
// CBOR (RFC 8949) in its one strict spelling, as _cose.py reads it: definite lengths, shortest heads, each
// label once; no tags, fractions or simple values but true, false and null.
import { Broken } from "./broken.js";

const MAX_DEPTH = 8;
const SMALLEST = { 1: 24, 2: 0x100, 4: 0x1_0000, 8: 0x1_0000_0000 };
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Reader {
  constructor(data, most) { this.data = data; this.most = most; this.place = 0; }

  take(count) {
    if (this.place + count > this.data.length) throw new Broken("an end too early");
    this.place += count;
    return this.data.subarray(this.place - count, this.place);
  }

  head() {
    const [first] = this.take(1);
    const kind = first >> 5;
    let number = first & 31;
    if (number < 24) return [kind, number];
    if (number > 27 || kind === 7) throw new Broken("an open length, a fraction or a simple value");
    const size = 1 << (number - 24);
    number = 0;
    for (const byte of this.take(size)) number = number * 256 + byte;
    if (number < SMALLEST[size]) throw new Broken("a number in a longer spelling");
    if (!Number.isSafeInteger(number)) throw new Broken("a number too large");
    return [kind, number];
  }

  bounded(count) {
    if (count > this.most) throw new Broken("too many members");
    return count;
  }

  item(depth) {
    if (depth > MAX_DEPTH) throw new Broken("too deep");
    const [kind, number] = this.head();
    switch (kind) {
      case 0: return number;
      case 1: return -1 - number;
      case 2: return this.take(number).slice();
      case 3: return text(this.take(number));
      case 4: return Array.from({ length: this.bounded(number) }, () => this.item(depth + 1));
      case 5: return this.map(this.bounded(number), depth);
      case 7: if (number >= 20 && number <= 22) return [false, true, null][number - 20];
    }
    throw new Broken("a tag, a fraction or a simple value");
  }

  map(count, depth) {
    const found = new Map();
    for (let i = 0; i < count; i += 1) {
      const name = this.item(depth + 1);
      if (typeof name !== "number" && typeof name !== "string") throw new Broken("a label of another kind");
      if (found.has(name)) throw new Broken("a label twice");
      found.set(name, this.item(depth + 1));
    }
    return found;
  }

  end() { if (this.place !== this.data.length) throw new Broken("bytes after the end"); }
}

const text = (bytes) => {
  try { return utf8.decode(bytes); } catch { throw new Broken("text that is not UTF-8"); }
};

// Gives the one item that bytes are.
export const item = (data, most = 64) => {
  const reader = new Reader(data, most);
  const found = reader.item(0);
  reader.end();
  return found;
};

// Gives the four parts of a tagged COSE_Sign1 (RFC 9052, section 4.2).
export const sign1 = (data) => {
  if (data[0] !== 0xd2 || data[1] !== 0x84) throw new Broken("no COSE_Sign1");
  const reader = new Reader(data, 64);
  reader.place = 2;
  const parts = [reader.item(0), reader.item(0), reader.item(0), reader.item(0)];
  reader.end();
  return parts;
};

const head = (kind, number) => {
  if (number < 24) return [(kind << 5) | number];
  if (number < 0x100) return [(kind << 5) | 24, number];
  return [(kind << 5) | 25, number >> 8, number & 255];
};

// Gives what the signature is over (RFC 9052, section 4.4).
export const signedBytes = (protectedHeader, payload) => {
  const word = new TextEncoder().encode("Signature1");
  const header = protectedHeader.length === 1 && protectedHeader[0] === 0xa0 ? new Uint8Array() : protectedHeader;
  return new Uint8Array([
    0x84, ...head(3, word.length), ...word, ...head(2, header.length), ...header, 0x40, ...head(2, payload.length), ...payload,
  ]);
};
