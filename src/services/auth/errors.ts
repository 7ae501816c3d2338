/**
 * Refusals as GoTrue words them: an error code that clients branch on, an HTTP status and a sentence. Source: wire.md 1.1 and
 * supabase/auth's apierrors. Everything else that is thrown becomes `unexpected_failure` (500), or 503 when Postgres is away.
 */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further fields of the body, e.g. `weak_password: { reasons }`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { fields?: Readonly<Record<string, unknown>>; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AuthError';
    this.status = status;
    this.code = code;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
  }
}

/** `{error, error_description}` as RFC 6749 has it, for the OAuth server's endpoints. */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;
  constructor(status: number, error: string, description: string) {
    super(description);
    this.name = 'OAuthError';
    this.status = status;
    this.error = error;
  }
}

export const validationFailed = (message: string) => new AuthError(400, 'validation_failed', message);
export const badJson = (message: string) => new AuthError(400, 'bad_json', message);
export const noAuthorization = () =>
  new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token');
export const badJwt = (reason: string) =>
  new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${reason}`);
export const notAdmin = () => new AuthError(403, 'not_admin', 'User not allowed');
export const invalidCredentials = () => new AuthError(400, 'invalid_credentials', 'Invalid login credentials');
export const userNotFound = () => new AuthError(404, 'user_not_found', 'User not found');
export const otpExpired = () => new AuthError(403, 'otp_expired', 'Token has expired or is invalid');
export const overRate = (code: string, message: string, retryAfter: number) =>
  new AuthError(429, code, message, { retryAfter });
