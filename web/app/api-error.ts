/** `UNREACHABLE` when no answer came at all; otherwise the server's code. */
export class ApiError extends Error {
  readonly code: string;
  readonly requestId?: string;
  /** Seconds the server asked us to wait. */
  readonly retryAfter?: number;

  constructor(code: string, message: string, options: { requestId?: string; retryAfter?: number } = {}) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
  }
}
