import { validationFailed } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';

export interface Page {
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly offset: number;
}

const DEFAULT_PER_PAGE = 50;
/** A page is one answer in memory. */
const MOST_PER_PAGE = 10_000;

/** `page` and `per_page` of the query; empty ones mean the defaults. Throws validation_failed (400). */
export function readPage(query: URLSearchParams): Page {
  const page = Math.max(1, wholeNumber(query, 'page') ?? 1);
  const perPage = Math.min(wholeNumber(query, 'per_page') || DEFAULT_PER_PAGE, MOST_PER_PAGE);
  return { page, perPage, offset: (page - 1) * perPage };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw validationFailed(
    `Bad Pagination Parameters: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** `link` and `x-total-count` as GoTrue sends them: clients read the pages from there, `page` first in the query. */
export function pageHeaders(
  request: Pick<AuthRequest<unknown>, 'path' | 'query'>,
  { page, perPage }: Page,
  total: number,
): Readonly<Record<string, string>> {
  const last = Math.ceil(total / perPage);
  const others = [...request.query]
    .filter(([name]) => name !== 'page')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const link = (number: number, rel: string) =>
    `<${request.path}?${new URLSearchParams([['page', String(number)], ...others])}>; rel="${rel}"`;
  const links = [...(last > page ? [link(page + 1, 'next')] : []), link(last, 'last')];
  return { link: links.join(', '), 'x-total-count': String(total) };
}
