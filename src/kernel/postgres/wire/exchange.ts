import type { Field, RawResult, Statement } from '../database.ts';
import type { PostgresError } from '../sql-errors.ts';
import type { Prepared } from './statements.ts';

/** Transaction status of ReadyForQuery: idle, in a transaction, in a failed one; `broken` when the connection ended before it. */
export type Status = 'I' | 'T' | 'E' | 'broken';

type Columns = readonly (Buffer | null)[];

/** Statements that went out with one Sync, and what came back for them. */
export class Exchange {
  readonly statements: readonly Statement[];
  readonly steps: Prepared[] = [];
  readonly results: RawResult[] = [];
  /** The first error; the statements behind it were skipped by the server. */
  error: PostgresError | undefined;
  status: Status = 'broken';
  readonly #resolve: (exchange: Exchange) => void;
  #rows: Columns[] = [];

  constructor(statements: readonly Statement[], resolve: (exchange: Exchange) => void) {
    this.statements = statements;
    this.#resolve = resolve;
  }

  /** The step being answered; undefined when the server answers more than was asked. */
  get step(): Prepared | undefined {
    return this.steps[this.results.length];
  }

  describe(fields: readonly Field[]): void {
    const { step } = this;
    if (!step) return;
    step.fields = fields;
    step.described = true;
  }

  addRow(row: Columns): void {
    this.#rows.push(row);
  }

  /** Ends the current step with its command tag; an empty statement has an empty tag. */
  complete(command: string): void {
    const count = command === '' ? 0 : Number(command.slice(command.lastIndexOf(' ') + 1));
    const fields = this.step?.fields ?? [];
    this.results.push({ fields, rows: this.#rows, command, count: Number.isNaN(count) ? 0 : count });
    this.#rows = [];
  }

  end(status: Status): void {
    this.status = status;
    this.#resolve(this);
  }
}

/** Columns of a DataRow between `start` and `end` of `bytes`, which the result keeps. */
export function readColumns(bytes: Buffer, start: number): Columns {
  const count = (bytes[start] as number) * 256 + (bytes[start + 1] as number);
  const columns: (Buffer | null)[] = new Array(count);
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    columns[index] = length < 0 ? null : bytes.subarray(at, at + length);
    if (length > 0) at += length;
  }
  return columns;
}

/** Fields of a RowDescription whose body begins at `start`. */
export function readFields(bytes: Buffer, start: number): Field[] {
  const count = bytes.readInt16BE(start);
  const fields: Field[] = [];
  let at = start + 2;
  for (let index = 0; index < count; index++) {
    const stop = bytes.indexOf(0, at);
    const name = bytes.toString('utf8', at, stop);
    fields.push({ name, tableOid: bytes.readUInt32BE(stop + 1), oid: bytes.readUInt32BE(stop + 7) });
    at = stop + 19;
  }
  return fields;
}
