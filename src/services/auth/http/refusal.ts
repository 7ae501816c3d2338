import { Refusal } from '#kernel/errors.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { AuthError, OAuthError } from '../errors.ts';

/** A refusal as it leaves: status, body in the shape the client asked for, and headers. */
export interface RefusalAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Ours, not the caller's: to be logged. */
  readonly internal: boolean;
}

export interface RefusalOptions {
  /** Header X-Supabase-Api-Version of the request. */
  readonly apiVersion?: string;
  readonly oauthErrors?: boolean;
  readonly requestId: string;
}

const NEW_ERRORS = '2024-01-01';

/** From 2024-01-01 on `{code, message}`, and the version goes back, without which clients read another field; before that `{code, error_code, msg}`. */
export function refusalAnswer(thrown: unknown, options: RefusalOptions): RefusalAnswer {
  if (thrown instanceof OAuthError) return oauthAnswer(thrown.status, thrown.error, thrown.message);
  const error = asAuthError(thrown);
  const internal = error.status >= 500;
  if (options.oauthErrors) return { ...oauthAnswer(error.status, oauthName(error), error.message), internal };
  const [version = ''] = (options.apiVersion ?? '').split(',');
  const isNew = /^\d{4}-\d\d-\d\d$/.test(version) && version >= NEW_ERRORS;
  const { status, code, message, fields } = error;
  const errorId = internal ? { error_id: options.requestId } : {};
  return {
    status,
    body: isNew
      ? { code, message, ...fields }
      : { code: status, error_code: code, msg: message, ...errorId, ...fields },
    headers: {
      'x-sb-error-code': code,
      ...(isNew ? { 'x-supabase-api-version': NEW_ERRORS } : {}),
      ...(error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) }),
    },
    internal,
  };
}

function oauthAnswer(status: number, error: string, description: string): RefusalAnswer {
  return {
    status,
    body: { error, error_description: description },
    headers: status === 401 ? { 'www-authenticate': 'Basic realm="auth"' } : {},
    internal: status >= 500,
  };
}

/** RFC 6749, 5.2. */
function oauthName({ status, code }: AuthError): string {
  if (status >= 500) return 'server_error';
  if (code === 'validation_failed' || code === 'bad_json') return 'invalid_request';
  return code === 'invalid_credentials' ? 'invalid_client' : code;
}

/** What is not a refusal of auth's own: the database is away or slow, or something is wrong with us. */
export function asAuthError(thrown: unknown): AuthError {
  if (thrown instanceof AuthError) return thrown;
  const cause = thrown;
  if (isAway(thrown))
    return new AuthError(503, 'unexpected_failure', 'The service is not available, try again in a moment', {
      retryAfter: 1,
      cause,
    });
  if (thrown instanceof PostgresError && thrown.code === '57014')
    return new AuthError(504, 'request_timeout', 'Processing this request timed out, please retry after a moment.', {
      cause,
    });
  if (thrown instanceof PostgresError && /^22(021|P05|001)$/.test(thrown.code))
    return new AuthError(400, 'validation_failed', 'The request has a text that cannot be stored', { cause });
  return new AuthError(500, 'unexpected_failure', 'Unexpected failure, please check server logs for more information', {
    cause,
  });
}

/** Connection exceptions, too many connections, a server that starts or stops, a queue that is full. */
function isAway(thrown: unknown): boolean {
  if (thrown instanceof Refusal) return thrown.code === 'UNAVAILABLE';
  return thrown instanceof PostgresError && /^(08|53300|57P0[1-3])/.test(thrown.code);
}
