/**
 * Postgres' binary format of one-dimensional float8[], timestamptz[] and int4[]: ndim, flags, element oid, dimension, lower
 * bound, then per element its length and bytes, all big-endian (array_recv, src/backend/utils/adt/arrayfuncs.c). And chunks packed as plain
 * memory, which costs nothing to pack or unpack.
 */
import { Binary } from '#kernel/postgres/database.ts';
import type { Bars } from '#quant/bars.ts';

const BYTEA = 17;
const FLOAT8 = 701;
const FLOAT8_ARRAY = 1022;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;
const INT4 = 23;
const INT4_ARRAY = 1007;
const HEADER = 20;
/** 2000-01-01 in epoch milliseconds: Postgres' zero, which it counts from in microseconds. */
const POSTGRES_EPOCH = 946_684_800_000;
const TWO_32 = 4_294_967_296;

function frame(element: number, length: number, width: number): DataView {
  const view = new DataView(new ArrayBuffer(HEADER + length * (4 + width)));
  view.setInt32(0, 1);
  view.setInt32(8, element);
  view.setInt32(12, length);
  view.setInt32(16, 1);
  for (let at = HEADER; at < view.byteLength; at += 4 + width) view.setInt32(at, width);
  return view;
}

const binary = (oid: number, view: DataView): Binary => new Binary(oid, new Uint8Array(view.buffer));

export function float8Array(values: Float64Array): Binary {
  const view = frame(FLOAT8, values.length, 8);
  for (let index = 0; index < values.length; index++) view.setFloat64(HEADER + 4 + index * 12, values[index]!);
  return binary(FLOAT8_ARRAY, view);
}

/** `times` in epoch milliseconds. */
export function timestamptzArray(times: Float64Array): Binary {
  const view = frame(TIMESTAMPTZ, times.length, 8);
  for (let index = 0; index < times.length; index++) {
    const micros = (times[index]! - POSTGRES_EPOCH) * 1000;
    view.setInt32(HEADER + 4 + index * 12, Math.floor(micros / TWO_32));
    view.setUint32(HEADER + 8 + index * 12, micros - Math.floor(micros / TWO_32) * TWO_32);
  }
  return binary(TIMESTAMPTZ_ARRAY, view);
}

export function int4Array(values: readonly number[]): Binary {
  const view = frame(INT4, values.length, 4);
  for (let index = 0; index < values.length; index++) view.setInt32(HEADER + 4 + index * 8, values[index]!);
  return binary(INT4_ARRAY, view);
}

/** Columns of a packed chunk, in this order. */
const PACKED = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const BAR_BYTES = PACKED.length * 8;

/** Chunk after chunk, each bars `low` to `high` (counted from 1) of `bars` as six blocks of float8, in this machine's order: little-endian on all we run on. */
export function packedChunks(bars: Bars, low: readonly number[], high: readonly number[]): Binary {
  const bytes = new Uint8Array(bars.length * BAR_BYTES);
  let at = 0;
  for (const [chunk, first] of low.entries())
    for (const column of PACKED) {
      const part = bars[column].subarray(first - 1, high[chunk]);
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
  return new Binary(BYTEA, bytes);
}

/** Number of bars in a packed chunk. */
export const packedLength = (bytes: Uint8Array): number => bytes.length / BAR_BYTES;

/** Copies a packed chunk to `into` from index `at` on; there must be room. */
export function unpack(bytes: Uint8Array, into: Bars, at: number): void {
  const size = packedLength(bytes) * 8;
  for (const [index, column] of PACKED.entries()) {
    const target = into[column];
    new Uint8Array(target.buffer, target.byteOffset + at * 8, size).set(
      bytes.subarray(index * size, (index + 1) * size),
    );
  }
}

/** A single timestamptz in epoch milliseconds. */
export function readTimestamptz(bytes: Buffer): number {
  return (bytes.readInt32BE(0) * TWO_32 + bytes.readUInt32BE(4)) / 1000 + POSTGRES_EPOCH;
}
