/**
 * Postgres' binary format of one-dimensional float8[], timestamptz[] and int4[]: ndim, flags, element oid, dimension, lower
 * bound, then per element its length and bytes, all big-endian (array_send, src/backend/utils/adt/arrayfuncs.c).
 */
import { Binary } from '#kernel/postgres/database.ts';

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

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Number of elements of any one-dimensional array. */
export function arrayLength(bytes: Buffer): number {
  return bytes.readInt32BE(0) === 0 ? 0 : bytes.readInt32BE(12);
}

/** Writes the elements of a float8[] without nulls to `into` from index `at` on. */
export function readFloat8Array(bytes: Buffer, into: Float64Array, at: number): void {
  const length = arrayLength(bytes);
  const view = viewOf(bytes);
  for (let index = 0; index < length; index++) into[at + index] = view.getFloat64(HEADER + 4 + index * 12);
}

/** Writes the elements of a timestamptz[] without nulls to `into`, in epoch milliseconds. */
export function readTimestamptzArray(bytes: Buffer, into: Float64Array, at: number): void {
  const length = arrayLength(bytes);
  const view = viewOf(bytes);
  for (let index = 0; index < length; index++) {
    const micros = view.getInt32(HEADER + 4 + index * 12) * TWO_32 + view.getUint32(HEADER + 8 + index * 12);
    into[at + index] = micros / 1000 + POSTGRES_EPOCH;
  }
}

/** A single timestamptz in epoch milliseconds. */
export function readTimestamptz(bytes: Buffer): number {
  return (bytes.readInt32BE(0) * TWO_32 + bytes.readUInt32BE(4)) / 1000 + POSTGRES_EPOCH;
}
