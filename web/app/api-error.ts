/** `UNREACHABLE` when no answer came at all; otherwise the server's code. */
export class ApiError extends Error {
  readonly code: string;
  /** What the server says of each thing that is wrong, where it does. */
  readonly details?: unknown;
  readonly requestId?: string;
  /** Seconds the server asked us to wait. */
  readonly retryAfter?: number;

  constructor(
    code: string,
    message: string,
    options: { details?: unknown; requestId?: string; retryAfter?: number } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.details = options.details;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
  }
}
