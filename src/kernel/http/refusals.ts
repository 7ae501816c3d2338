import { type ErrorCode, Refusal } from '../errors.ts';
import type { Identity } from '../postgres/database.ts';
import { PostgresError } from '../postgres/sql-errors.ts';

/** Seconds after which a caller may try again when the database is not there. */
const RETRY_SECONDS = 2;

type Row = readonly [code: ErrorCode, message: string];

/** SQLSTATE, or its class of two letters, -> what the caller hears. Messages of the server stay in the log. */
const OF_SQLSTATE: Readonly<Record<string, Row>> = {
  '08': ['UNAVAILABLE', 'The database cannot be reached'],
  '22': ['VALIDATION_ERROR', 'A value does not have the form its column needs'],
  '23502': ['VALIDATION_ERROR', 'A required value is missing'],
  '23503': ['CONFLICT', 'The record refers to another that does not exist, or is referred to'],
  '23505': ['CONFLICT', 'A record with this value exists already'],
  '23514': ['VALIDATION_ERROR', 'A value is outside what is allowed'],
  '23P01': ['CONFLICT', 'The record overlaps another'],
  '25006': ['METHOD_NOT_ALLOWED', 'This request may only read'],
  '40': ['CONFLICT', 'Another request changed the same records at the same moment; try again'],
  '42501': ['FORBIDDEN', 'You may not do this'],
  '53': ['UNAVAILABLE', 'The database is overloaded'],
  '55P03': ['CONFLICT', 'The record is in use; try again'],
  '57014': ['TIMEOUT', 'The request took too long and was stopped'],
  PT503: ['UNAVAILABLE', 'The platform does not take changes at the moment'],
  '57P': ['UNAVAILABLE', 'The database is restarting'],
};

/** Fastify's own errors that are the caller's doing. */
const OF_FASTIFY: Readonly<Record<string, Row>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The body is larger than this server takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['VALIDATION_ERROR', 'The body is empty but its content type is application/json'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['VALIDATION_ERROR', 'The body is not valid JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['VALIDATION_ERROR', 'Content-Length does not match the body'],
  FST_ERR_BAD_URL: ['VALIDATION_ERROR', 'The address is not a valid URL'],
  FST_ERR_VALIDATION: ['VALIDATION_ERROR', 'The request does not have the form this endpoint takes'],
};

/** What one part of a request has wrong: `path` is a JSON pointer into `part`. */
export interface Fault {
  readonly part: string;
  readonly path: string;
  readonly message: string;
}

interface FastifyFault {
  readonly code?: string;
  readonly statusCode?: number;
  readonly validationContext?: string;
  readonly validation?: readonly { instancePath?: string; message?: string; params?: unknown }[];
}

/** The expected refusal behind an error, or null when it is nobody's fault but ours (INTERNAL_ERROR, message hidden). */
export function refusalOf(error: unknown, identity: Identity | null): Refusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof PostgresError) return ofPostgres(error, identity);
  const fault = error as FastifyFault;
  if (fault.validation) return ofValidation(fault, error);
  const row = OF_FASTIFY[fault.code ?? ''];
  if (row) return new Refusal(row[0], row[1], { cause: error });
  if (error instanceof SyntaxError && fault.statusCode === 400)
    return new Refusal('VALIDATION_ERROR', 'The body is not valid JSON', { cause: error });
  return null;
}

function ofPostgres(error: PostgresError, identity: Identity | null): Refusal | null {
  const row = OF_SQLSTATE[error.code] ?? OF_SQLSTATE[error.code.slice(0, 3)] ?? OF_SQLSTATE[error.code.slice(0, 2)];
  if (!row) return null;
  const [code, message] = row;
  if (code === 'FORBIDDEN' && (identity === null || identity.role === 'anon'))
    return new Refusal('UNAUTHORIZED', 'Sign in to do this', { cause: error });
  return new Refusal(code, message, { cause: error, ...(code === 'UNAVAILABLE' && { retryAfter: RETRY_SECONDS }) });
}

function ofValidation(fault: FastifyFault, cause: unknown): Refusal {
  const details: Fault[] = fault.validation!.map((each) => ({
    part: fault.validationContext ?? 'body',
    path: each.instancePath ?? '',
    message: each.message ?? 'is not valid',
  }));
  const first = details[0];
  const where = first ? `${first.part}${first.path.replaceAll('/', '.')} ${first.message}` : 'it is not valid';
  return new Refusal('VALIDATION_ERROR', `The request does not have the form this endpoint takes: ${where}`, {
    details,
    cause,
  });
}
