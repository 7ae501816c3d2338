/** What Postgres reports as an answer: SQLSTATE to status, and `RAISE` with the codes PTxyz and PGRST. Source: PostgREST's Error. */
import type { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { ApiError } from './api-error.ts';

const BY_CODE: Readonly<Record<string, number>> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42P01': 404,
  '42P17': 500,
  '42883': 404,
  '53400': 500,
  P0001: 400,
  P0002: 500,
  '57P01': 503,
};
const BY_CLASS: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
};

function statusOf(error: PostgresError, authenticated: boolean): number {
  const { code } = error;
  if (code === '42501') return authenticated ? 403 : 401;
  if (code === '42883' && error.message.startsWith('function xmlagg(')) return 406;
  if (code === '21000') return error.message.endsWith('requires a WHERE clause') ? 400 : 500;
  if (code === '22023') return isUnknownRole(error) ? 401 : 400;
  const custom = /^PT(\d{3})$/.exec(code);
  if (custom) return Number(custom[1]) >= 200 && Number(custom[1]) <= 599 ? Number(custom[1]) : 500;
  if (asksTooMuch(error)) return 400;
  return BY_CODE[code] ?? BY_CLASS[code.slice(0, 2)] ?? (code.startsWith('PT') ? 500 : 400);
}

/**
 * A limit of Postgres that the request itself runs into (nesting of JSON, number of columns, dimensions of an array): the client's
 * doing, where PostgREST says 500. One that a function hits or raises is ours.
 */
function asksTooMuch({ code, message, routine, where = '' }: PostgresError): boolean {
  const isLimit = code.startsWith('54') || message === 'tsquery stack too small';
  return isLimit && routine !== 'exec_stmt_raise' && !/\bfunction\b/.test(where);
}

const isUnknownRole = ({ message }: PostgresError) => /^role ".*" does not exist$/.test(message);

export function databaseError(error: PostgresError, authenticated: boolean): ApiError {
  if (error.code === 'PGRST') return raised(error);
  const status = statusOf(error, authenticated);
  return new ApiError(status, error.code, error.message, {
    details: error.detail ?? null,
    hint: error.hint ?? null,
    statusText: error.code.startsWith('PT') ? reason(error.message) : undefined,
    headers: status === 401 ? [['WWW-Authenticate', 'Bearer']] : status === 503 ? [['Retry-After', '1']] : [],
  });
}

/** `RAISE SQLSTATE 'PGRST' USING MESSAGE = <json>, DETAIL = <json>`: the function writes the whole answer. */
function raised(error: PostgresError): ApiError {
  const message = asRecord(error.message);
  if (!message || typeof message['code'] !== 'string' || typeof message['message'] !== 'string')
    return unreadable(
      `Invalid JSON value for MESSAGE: '${error.message}'`,
      "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.",
    );
  const hint =
    "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.";
  if (error.detail === undefined) return unreadable('DETAIL is missing in the RAISE statement', hint);
  const detail = asRecord(error.detail);
  const headers = detail?.['headers'];
  const status = detail?.['status'];
  if (!Number.isInteger(status) || !isTexts(headers))
    return unreadable(`Invalid JSON value for DETAIL: '${error.detail}'`, hint);
  const optional = (name: string) => (typeof message[name] === 'string' ? (message[name] as string) : null);
  return new ApiError(status as number, message['code'], message['message'], {
    details: optional('details'),
    hint: optional('hint'),
    headers: Object.entries(headers),
    statusText: reason(detail?.['status_text']),
  });
}

/** What a status line can carry. */
const reason = (text: unknown) => (typeof text === 'string' && /^[\t\x20-\x7e]*$/.test(text) ? text : undefined);

const unreadable = (details: string, hint: string) =>
  new ApiError(500, 'PGRST121', `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`, { details, hint });

function asRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}
