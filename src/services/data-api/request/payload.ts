/** Bodies: JSON goes on as it came, CSV and forms become JSON. What is read here is only the names of the columns. */
import { ApiError } from '../respond/api-error.ts';
import { type MediaType, nameOf } from './media-type.ts';

export type Body =
  | {
      readonly kind: 'json';
      readonly text: Buffer | string;
      readonly isObject: boolean;
      readonly keys: readonly string[];
    }
  | { readonly kind: 'form'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: 'raw'; readonly bytes: Buffer };

const invalid = (message: string) => new ApiError(400, 'PGRST102', message);

/** `columns`: those of the query string, which make a look into the JSON unnecessary. Throws PGRST102. */
export function readBody(
  bytes: Buffer,
  type: MediaType,
  columns: readonly string[] | undefined,
  isCall: boolean,
): Body {
  switch (type.kind) {
    case 'json':
    case 'any':
      return columns
        ? { kind: 'json', text: bytes, isObject: looksLikeObject(bytes), keys: columns }
        : readJson(bytes, isCall);
    case 'csv':
      return readCsv(bytes.toString('utf8'));
    case 'form': {
      const pairs = [...new URLSearchParams(bytes.toString('utf8'))] as [string, string][];
      if (isCall) return { kind: 'form', pairs };
      const record = Object.fromEntries(pairs);
      return { kind: 'json', text: JSON.stringify(record), isObject: true, keys: Object.keys(record).sort() };
    }
    case 'text':
    case 'xml':
    case 'binary':
      if (isCall) return { kind: 'raw', bytes };
  }
  throw invalid(`Content-Type not acceptable: ${nameOf(type)}`);
}

function looksLikeObject(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length && [32, 9, 10, 13].includes(bytes[at] as number)) at++;
  return bytes[at] === 0x7b;
}

/** What is neither an object nor a list counts as an empty list. */
function readJson(bytes: Buffer, isCall: boolean): Body {
  if (bytes.length === 0 && isCall) return { kind: 'json', text: '{}', isObject: true, keys: [] };
  const value = parseJson(bytes);
  if (Array.isArray(value)) {
    const [first] = value;
    if (value.length === 0) return { kind: 'json', text: '[]', isObject: false, keys: [] };
    if (!isRecord(first)) throw invalid('All object keys must match');
    const keys = Object.keys(first).sort();
    const same = new Set(keys);
    for (const each of value) {
      const own = isRecord(each) ? Object.keys(each) : undefined;
      if (own?.length !== keys.length || !own.every((key) => same.has(key)))
        throw invalid('All object keys must match');
    }
    return { kind: 'json', text: bytes, isObject: false, keys };
  }
  if (isRecord(value)) return { kind: 'json', text: bytes, isObject: true, keys: Object.keys(value).sort() };
  return { kind: 'json', text: '[]', isObject: false, keys: [] };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('Empty or invalid json');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first line names the columns; `NULL` without quotes is null, everything else is text. */
function readCsv(text: string): Body {
  const [header, ...lines] = parseCsv(text);
  if (!header) throw invalid('not enough input');
  if (lines.some((line) => line.length !== header.length)) throw invalid('All lines must have same number of fields');
  const records = lines.map((line) =>
    Object.fromEntries(line.map((value, index) => [header[index] as string, value === 'NULL' ? null : value])),
  );
  return {
    kind: 'json',
    text: JSON.stringify(records),
    isObject: false,
    keys: records.length === 0 ? [] : [...new Set(header)].sort(),
  };
}

/** RFC 4180; empty lines are skipped. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const endRow = () => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') value += text[at];
        else if (text[at + 1] === '"') value += text[++at];
        else break;
      }
      at++;
    } else {
      const end = /[,\r\n]|$/g;
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length;
      value = text.slice(at, stop);
      at = stop;
    }
    row.push(value);
    if (text[at] === ',') {
      at++;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') row.push('');
      else continue;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    endRow();
  }
  return rows;
}
