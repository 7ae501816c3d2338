/**
 * The one table of error codes: code -> HTTP status. Everything that refuses a request throws a `Refusal`
 * made from a row of this table; anything else that reaches the HTTP layer is INTERNAL_ERROR.
 * Source of the codes: Kurzora's API envelope; the data API and auth have tables of their own, as upstream words them.
 */
export const ERROR_STATUS = {
  VALIDATION_ERROR: 400,
  SPAM_DETECTED: 400,
  INVALID_CREDENTIALS: 401,
  TOKEN_INVALID: 401,
  TOKEN_EXPIRED: 401,
  UNAUTHORIZED: 401,
  TWO_FACTOR_REQUIRED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  EMAIL_NOT_VERIFIED: 403,
  PLAN_LIMIT: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  ACCOUNT_LOCKED: 423,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  UPSTREAM_ERROR: 502,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An expected refusal: safe to show to the caller as it is. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details?: unknown;
  /** Seconds, sent as Retry-After when set. */
  readonly retryAfter?: number;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: unknown; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = options.details;
    this.retryAfter = options.retryAfter;
  }
}

/** Throws the refusal unless the condition holds; narrows the type when it does. */
export function assertOr(condition: unknown, code: ErrorCode, message: string, details?: unknown): asserts condition {
  if (!condition) throw new Refusal(code, message, { details });
}

/**
 * A mistake of the person at the command line or in the configuration: printed as one message with what to do,
 * without a stack, and the process exits with `exitCode`.
 */
export class OperatorError extends Error {
  readonly exitCode: number;
  /** What would be right: one sentence. */
  readonly remedy?: string;

  constructor(message: string, options: { remedy?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'OperatorError';
    this.exitCode = options.exitCode ?? 1;
    this.remedy = options.remedy;
  }
}
