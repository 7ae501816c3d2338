import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from '../blobs/blob-store.ts';
import type { ObjectRow } from './object-row.ts';
import { modifiedAt } from './send-object.ts';

/** Whether the caller's copy is as good (RFC 9110, 13.1.2 and 13.1.3). */
export function isUnchanged(headers: IncomingHttpHeaders, row: ObjectRow): boolean {
  const wanted = headers['if-none-match'];
  if (wanted !== undefined) return matchesTag(wanted, row.metadata?.eTag);
  const since = headers['if-modified-since'];
  return since !== undefined && seconds(modifiedAt(row)) <= seconds(new Date(since));
}

/** Whether a list of entity tags has this one, by weak comparison; `*` has every one. */
export function matchesTag(list: string, tag: string | undefined): boolean {
  if (list.trim() === '*') return true;
  if (tag === undefined) return false;
  return list.split(',').some((each) => opaque(each) === opaque(tag));
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, '').replaceAll('"', '');
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

/**
 * The one range that was asked for. Several ranges, another unit and what cannot be read are passed over: the whole object is a right
 * answer too (RFC 9110, 14.2). A range of an object that has changed since (`If-Range`) likewise.
 */
export function rangeOf(
  headers: IncomingHttpHeaders,
  size: number,
  row: ObjectRow,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(headers.range?.trim() ?? '');
  if (!match || !rangeHolds(headers['if-range'], row)) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Number(last);
    return length === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

function rangeHolds(condition: string | string[] | undefined, row: ObjectRow): boolean {
  if (typeof condition !== 'string') return true;
  if (condition.startsWith('"')) return condition === row.metadata?.eTag;
  return !condition.startsWith('W/') && seconds(new Date(condition)) === seconds(modifiedAt(row));
}
