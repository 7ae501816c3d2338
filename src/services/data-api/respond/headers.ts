/** Headers of answers, as PostgREST writes them. */
import type { ApiResponse } from '../api.ts';

export type Header = readonly [string, string];

/** `0-9/20`, with stars for what is empty or unknown. */
export function contentRange(lower: number, upper: number, total: number | undefined): Header {
  const rows = total !== 0 && lower <= upper ? `${lower}-${upper}` : '*';
  return ['Content-Range', `${rows}/${total ?? '*'}`];
}

/** Longest Content-Location: clients (undici: 16 KB in all) refuse answers whose headers are longer than they take. */
const MAX_ECHO = 8 * 1024;

/** None for a query so long that its echo would cost the client the answer. */
export function contentLocation(resource: string, canonical: string): Header | undefined {
  if (canonical.length > MAX_ECHO) return undefined;
  return ['Content-Location', `/${encodePath(resource)}${canonical === '' ? '' : `?${canonical}`}`];
}

/** The headers a database function set, before our own of other names. */
export function withHeaders(asked: readonly Header[], own: readonly (Header | undefined)[]): Header[] {
  if (asked.length === 0) return own.filter((each) => each !== undefined);
  const names = new Set(asked.map(([name]) => name.toLowerCase()));
  return [...asked, ...own.filter((each): each is Header => each !== undefined && !names.has(each[0].toLowerCase()))];
}

export function locationOf(table: string, key: readonly (readonly [string, string])[]): Header | undefined {
  if (key.length === 0) return undefined;
  const query = key.map(([name, value]) => `${encodeQuery(name)}=${encodeQuery(value)}`).join('&');
  return ['Location', `/${encodePath(table)}?${query}`];
}

const encodeQuery = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Only what may not stand in a header is escaped. */
function encodePath(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) ? text : text.split('/').map(encodeURIComponent).join('/');
}

export function answer(status: number, headers: readonly Header[], body: Buffer, bodiless = false): ApiResponse {
  if (bodiless || status === 204) return { status, headers, body: NOTHING };
  return { status, headers: [...headers, ['Content-Length', String(body.length)]], body };
}

const NOTHING = Buffer.alloc(0);
