/**
 * Columns of many rows as arrays in Postgres' binary format (array_recv, src/backend/utils/adt/arrayfuncs.c): ndim, has nulls, element
 * oid, dimension, lower bound, then per element its length (-1 for null) and bytes. As text, 60,000 rows take half a second to write.
 */
import { Binary } from '#kernel/postgres/database.ts';

const HEADER = 20;
const UUID = { element: 2950, array: 2951, width: 16 };
const FLOAT8 = { element: 701, array: 1022, width: 8 };
const INT4 = { element: 23, array: 1007, width: 4 };
const JSONB = { element: 3802, array: 3807 };
/** First byte of a jsonb; its text follows. */
const JSONB_VERSION = 1;

/** The 16 bytes of `0198f2f0-...`. */
export function uuidBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

/** `ids`: 16 bytes each. */
export function uuidColumn(ids: readonly Buffer[]): Binary {
  const bytes = head(UUID.element, ids.length, ids.length * UUID.width);
  for (const [index, id] of ids.entries()) {
    const at = HEADER + index * (4 + UUID.width);
    bytes.writeInt32BE(UUID.width, at);
    bytes.set(id, at + 4);
  }
  return new Binary(UUID.array, bytes);
}

export function float8Column(values: readonly (number | null)[]): Binary {
  const present = values.reduce((count: number, value) => count + (value === null ? 0 : 1), 0);
  const bytes = head(FLOAT8.element, values.length, present * FLOAT8.width);
  let at = HEADER;
  for (const value of values) {
    bytes.writeInt32BE(value === null ? -1 : FLOAT8.width, at);
    if (value !== null) bytes.writeDoubleBE(value, at + 4);
    at += value === null ? 4 : 4 + FLOAT8.width;
  }
  return new Binary(FLOAT8.array, bytes);
}

export function int4Column(values: readonly number[]): Binary {
  const bytes = head(INT4.element, values.length, values.length * INT4.width);
  for (const [index, value] of values.entries()) {
    const at = HEADER + index * (4 + INT4.width);
    bytes.writeInt32BE(INT4.width, at);
    bytes.writeInt32BE(value, at + 4);
  }
  return new Binary(INT4.array, bytes);
}

/** `texts`: JSON. */
export function jsonbColumn(texts: readonly (string | null)[]): Binary {
  const lengths = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)));
  const bytes = head(
    JSONB.element,
    texts.length,
    lengths.reduce((sum, length) => sum + (length < 0 ? 0 : length + 1), 0),
  );
  let at = HEADER;
  for (const [index, text] of texts.entries()) {
    const length = lengths[index]!;
    bytes.writeInt32BE(text === null ? -1 : length + 1, at);
    at += 4;
    if (text === null) continue;
    bytes[at] = JSONB_VERSION;
    bytes.write(text, at + 1);
    at += length + 1;
  }
  return new Binary(JSONB.array, bytes);
}

/** Room for `count` elements of `payload` bytes in all, with the header written. */
function head(element: number, count: number, payload: number): Buffer {
  const bytes = Buffer.alloc(HEADER + 4 * count + payload);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(1, 4);
  bytes.writeInt32BE(element, 8);
  bytes.writeInt32BE(count, 12);
  bytes.writeInt32BE(1, 16);
  return bytes;
}
