import { type LogicalMessage, type Relation, readLogicalMessage } from '#kernel/postgres/replication/pgoutput.ts';
import type { LogItem, RowChange } from './row-change.ts';

/** Where the last delivered change stands; what a new stream repeats up to there is left out. */
export interface Position {
  readonly commitLsn: bigint;
  readonly sequence: number;
}

/** Turns the messages of one stream into changes. Keeps the relations that the stream has described. */
export class Decoder {
  readonly #relations = new Map<number, Relation>();
  readonly #after: Position | undefined;
  #commitLsn = 0n;
  #committedAt = new Date(0);
  #sequence = 0;
  #xid = 0;
  truncates = 0;

  constructor(after?: Position) {
    this.#after = after;
  }

  read(bytes: Buffer, start: number, end: number): LogItem | undefined {
    const message = readLogicalMessage(bytes, start, end);
    switch (message.kind) {
      case 'begin':
        this.#commitLsn = message.commitLsn;
        this.#committedAt = message.committedAt;
        this.#sequence = 0;
        this.#xid = message.xid;
        return undefined;
      case 'relation':
        this.#relations.set(message.relation.oid, message.relation);
        return undefined;
      case 'commit':
        return { kind: 'commit', endLsn: message.endLsn };
      case 'insert':
      case 'update':
      case 'delete':
        return this.#change(message);
      case 'truncate':
        // Clients know no event for it.
        this.truncates++;
        return undefined;
      default:
        return undefined;
    }
  }

  #change(message: Extract<LogicalMessage, { kind: 'insert' | 'update' | 'delete' }>): LogItem | undefined {
    this.#sequence++;
    const relation = this.#relations.get(message.oid);
    if (!relation) throw new RangeError(`the stream changed the relation ${message.oid} without describing it`);
    if (this.#isKnown()) return undefined;
    const common = {
      relation,
      committedAt: this.#committedAt,
      commitLsn: this.#commitLsn,
      sequence: this.#sequence,
      xid: this.#xid,
    };
    return { kind: 'change', change: withTuples(message, common) };
  }

  #isKnown(): boolean {
    const after = this.#after;
    if (!after) return false;
    return (
      this.#commitLsn < after.commitLsn || (this.#commitLsn === after.commitLsn && this.#sequence <= after.sequence)
    );
  }
}

/** Values that lie outside the row and did not change are taken from the old row where the log has it. */
function withTuples(
  message: Extract<LogicalMessage, { kind: 'insert' | 'update' | 'delete' }>,
  common: Omit<RowChange, 'type'>,
): RowChange {
  if (message.kind === 'insert') return { ...common, type: 'INSERT', row: message.row };
  if (message.kind === 'delete')
    return { ...common, type: 'DELETE', old: message.oldIsKey ? keyOnly(message.old, common.relation) : message.old };
  const { row, old, oldIsKey } = message;
  if (!old) return { ...common, type: 'UPDATE', row, old: keyOnly(row, common.relation) };
  if (oldIsKey) return { ...common, type: 'UPDATE', row, old: keyOnly(old, common.relation) };
  const filled = row.map((value, index) => (value === undefined ? old[index] : value));
  return { ...common, type: 'UPDATE', row: filled, old };
}

/** A key tuple has every column, those outside the key as null: they are not null, they are not there. */
function keyOnly(tuple: readonly (string | null | undefined)[], { columns, identity }: Relation) {
  if (identity === 'f') return tuple;
  return tuple.map((value, index) => (columns[index]?.isKey ? value : undefined));
}
