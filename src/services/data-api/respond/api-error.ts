/** A refusal in PostgREST's words: the body `{code, details, hint, message}`, a status, and headers of its own. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Text, or a structure such as the candidates of an ambiguous embedding. */
  readonly details: unknown;
  readonly hint: string | null;
  readonly headers: readonly (readonly [string, string])[];
  /** The reason phrase, where it is not the usual one of the status. */
  readonly statusText: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: {
      details?: unknown;
      hint?: string | null;
      headers?: readonly (readonly [string, string])[];
      statusText?: string;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = extra.details ?? null;
    this.hint = extra.hint ?? null;
    this.headers = extra.headers ?? [];
    this.statusText = extra.statusText;
  }

  /** The keys in alphabetical order, as PostgREST's encoder leaves them. */
  body(): string {
    return JSON.stringify({ code: this.code, details: this.details, hint: this.hint, message: this.message });
  }
}
