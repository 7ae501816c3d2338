/** Reads the row that every statement of ours yields, and what database functions asked of the response. */
import type { RawResult } from '#kernel/postgres/database.ts';
import { ApiError } from './api-error.ts';

export interface ResultSet {
  readonly total: number | undefined;
  /** Rows of the page, or rows that a mutation touched. */
  readonly rows: number;
  readonly body: Buffer;
  readonly headers: readonly (readonly [string, string])[];
  readonly status: number | undefined;
  /** Pairs of the new row's key, for Location. */
  readonly location: readonly (readonly [string, string])[];
  /** Rows inserted by an upsert, where it was counted. */
  readonly inserted: number | undefined;
}

const EMPTY = Buffer.alloc(0);
const BYTEA = 17;

export function readResult(result: RawResult): ResultSet {
  const [row] = result.rows;
  const text = (index: number) => row?.[index]?.toString('utf8');
  const number = (value: string | undefined) => (value === undefined ? undefined : Number(value));
  return {
    total: number(text(0)),
    rows: Number(text(1) ?? 0),
    body: bodyOf(row?.[2] ?? EMPTY, result.fields[2]?.oid),
    headers: headersOf(text(3)),
    status: statusOf(text(4)),
    location: JSON.parse(text(5) ?? '[]') as [string, string][],
    inserted: number(text(6)),
  };
}

/** Text as it came; bytea in text format is hexadecimal digits behind `\x`. */
function bodyOf(bytes: Buffer, oid: number | undefined): Buffer {
  return oid === BYTEA && bytes[0] === 0x5c ? Buffer.from(bytes.toString('latin1', 2), 'hex') : bytes;
}

/** A list of objects with one key each, so that a header may come twice and the order counts. */
function headersOf(text: string | undefined): [string, string][] {
  if (text === undefined) return [];
  const wrong = () =>
    new ApiError(
      500,
      'PGRST111',
      'response.headers guc must be a JSON array composed of objects with a single key and a string value',
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong();
  }
  if (!Array.isArray(value)) throw wrong();
  return value.map((each: unknown) => {
    const entries = typeof each === 'object' && each !== null ? Object.entries(each) : [];
    const [first] = entries;
    if (entries.length !== 1 || !first || typeof first[1] !== 'string') throw wrong();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(first[0]) || /[\r\n\0]/.test(first[1])) throw wrong();
    return [first[0], first[1]];
  });
}

function statusOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const status = /^\d{3}$/.test(text) ? Number(text) : 0;
  if (status < 200 || status > 599)
    throw new ApiError(500, 'PGRST112', 'response.status guc must be a valid status code');
  return status;
}

/** The estimate in the plan of a count query. */
export function plannedRows(result: RawResult): number {
  const text = result.rows.map((row) => row[0]?.toString('utf8') ?? '').join('\n');
  const plan = JSON.parse(text) as { Plan?: { 'Plan Rows'?: number } }[];
  return plan[0]?.Plan?.['Plan Rows'] ?? 0;
}

/** Lines of an EXPLAIN. */
export function planText(result: RawResult): Buffer {
  return Buffer.from(result.rows.map((row) => row[0]?.toString('utf8') ?? '').join('\n'));
}
