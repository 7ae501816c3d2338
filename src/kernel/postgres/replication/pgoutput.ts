/**
 * Messages of the output plugin `pgoutput`, protocol version 1: whole transactions in the order of their commits. The server holds
 * a large one on its own disk until it commits, and then it comes piece by piece.
 * Source: PostgreSQL 18, 54.9 (logical replication message formats).
 */

export interface RelationColumn {
  readonly name: string;
  readonly typeOid: number;
  readonly typeModifier: number;
  /** Part of the replica identity. */
  readonly isKey: boolean;
}

export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Replica identity: d default, n nothing, f full, i index. */
  readonly identity: string;
  readonly columns: readonly RelationColumn[];
}

/** Values as text; `undefined` is a TOASTed value that did not change and was not sent. */
export type Tuple = readonly (string | null | undefined)[];

export type LogicalMessage =
  | { readonly kind: 'begin'; readonly commitLsn: bigint; readonly committedAt: Date; readonly xid: number }
  | { readonly kind: 'commit'; readonly commitLsn: bigint; readonly endLsn: bigint }
  | { readonly kind: 'relation'; readonly relation: Relation }
  | { readonly kind: 'insert'; readonly oid: number; readonly row: Tuple }
  | {
      readonly kind: 'update';
      readonly oid: number;
      readonly row: Tuple;
      readonly old?: Tuple;
      readonly oldIsKey: boolean;
    }
  | { readonly kind: 'delete'; readonly oid: number; readonly old: Tuple; readonly oldIsKey: boolean }
  | { readonly kind: 'truncate'; readonly oids: readonly number[] }
  | { readonly kind: 'other'; readonly type: string };

const EPOCH_MILLISECONDS = 946_684_800_000;
const [KEY, OLD, NEW] = [0x4b, 0x4f, 0x4e];

/** Reads one message between `start` and `end`. Nothing of the buffer is kept. Throws a RangeError when it is cut short. */
export function readLogicalMessage(bytes: Buffer, start: number, end: number): LogicalMessage {
  const reader = new FieldReader(bytes, start + 1, end);
  const type = bytes[start] as number;
  switch (type) {
    case 0x42: // B
      return {
        kind: 'begin',
        commitLsn: reader.int64(),
        committedAt: new Date(Number(reader.int64() / 1000n) + EPOCH_MILLISECONDS),
        xid: reader.int32(),
      };
    case 0x43: // C
      reader.skip(1);
      return { kind: 'commit', commitLsn: reader.int64(), endLsn: reader.int64() };
    case 0x52: // R
      return { kind: 'relation', relation: readRelation(reader) };
    case 0x49: {
      // I
      const oid = reader.int32();
      reader.skip(1);
      return { kind: 'insert', oid, row: reader.tuple() };
    }
    case 0x55: // U
      return readUpdate(reader);
    case 0x44: {
      // D
      const oid = reader.int32();
      const oldIsKey = reader.byte() === KEY;
      return { kind: 'delete', oid, old: reader.tuple(), oldIsKey };
    }
    case 0x54: {
      // T
      const count = reader.int32();
      reader.skip(1);
      return { kind: 'truncate', oids: Array.from({ length: count }, () => reader.int32()) };
    }
    default:
      return { kind: 'other', type: String.fromCharCode(type) };
  }
}

function readUpdate(reader: FieldReader): LogicalMessage {
  const oid = reader.int32();
  const mark = reader.byte();
  if (mark === NEW) return { kind: 'update', oid, row: reader.tuple(), oldIsKey: false };
  if (mark !== KEY && mark !== OLD) throw new RangeError(`an update begins with ${mark}`);
  const old = reader.tuple();
  reader.skip(1);
  return { kind: 'update', oid, row: reader.tuple(), old, oldIsKey: mark === KEY };
}

function readRelation(reader: FieldReader): Relation {
  const oid = reader.int32();
  const schema = reader.text();
  const name = reader.text();
  const identity = String.fromCharCode(reader.byte());
  const count = reader.int16();
  const columns = Array.from({ length: count }, () => ({
    isKey: (reader.byte() & 1) === 1,
    name: reader.text(),
    typeOid: reader.int32(),
    typeModifier: reader.int32() | 0,
  }));
  return { oid, schema: schema === '' ? 'pg_catalog' : schema, name, identity, columns };
}

class FieldReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  byte(): number {
    return this.#bytes[this.#move(1)] as number;
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2));
  }

  int32(): number {
    return this.#bytes.readUInt32BE(this.#move(4));
  }

  int64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#move(8));
  }

  text(): string {
    const stop = this.#bytes.indexOf(0, this.#at);
    if (stop < 0 || stop >= this.#end) throw new RangeError('a name has no end');
    const text = this.#bytes.toString('utf8', this.#at, stop);
    this.#at = stop + 1;
    return text;
  }

  skip(count: number): void {
    this.#move(count);
  }

  tuple(): Tuple {
    return Array.from({ length: this.int16() }, () => {
      const kind = this.byte();
      if (kind === 0x6e) return null;
      if (kind === 0x75) return undefined;
      const length = this.int32();
      const at = this.#move(length);
      return this.#bytes.toString('utf8', at, at + length);
    });
  }

  #move(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) throw new RangeError('a message is cut short');
    this.#at = at + count;
    return at;
  }
}
