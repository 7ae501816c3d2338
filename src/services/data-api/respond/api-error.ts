/** A refusal in PostgREST's words: the body `{code, details, hint, message}`, a status, and headers of its own. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Text, or a structure such as the candidates of an ambiguous embedding. */
  readonly details: unknown;
  readonly hint: string | null;
  readonly headers: readonly (readonly [string, string])[];

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { details?: unknown; hint?: string | null; headers?: readonly (readonly [string, string])[] } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = extra.details ?? null;
    this.hint = extra.hint ?? null;
    this.headers = extra.headers ?? [];
  }

  /** The keys in alphabetical order, as PostgREST's encoder leaves them. */
  body(): string {
    return JSON.stringify({ code: this.code, details: this.details, hint: this.hint, message: this.message });
  }
}
