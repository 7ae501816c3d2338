/**
 * What Postgres says went wrong. Source: PostgreSQL, "Error and Notice Message Fields" (protocol-error-fields) and appendix A for the codes.
 */

/** Field letter on the wire -> name here. `S` is localised; `V` is not, and wins when the server sends it (9.6 and newer). */
const FIELD_NAMES: Readonly<Record<string, keyof ErrorFields>> = {
  S: 'severity',
  V: 'severity',
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internalPosition',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  L: 'line',
  R: 'routine',
};

/** The fields of an ErrorResponse or NoticeResponse, as text; positions count characters from 1. */
export interface ErrorFields {
  severity?: string;
  code?: string;
  message?: string;
  detail?: string;
  hint?: string;
  position?: string;
  internalPosition?: string;
  internalQuery?: string;
  where?: string;
  schema?: string;
  table?: string;
  column?: string;
  dataType?: string;
  constraint?: string;
  file?: string;
  line?: string;
  routine?: string;
}

/** An error of the server, or of the connection to it (class 08). `code` is the SQLSTATE. */
export class PostgresError extends Error implements ErrorFields {
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly internalPosition?: string;
  readonly internalQuery?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
  readonly file?: string;
  readonly line?: string;
  readonly routine?: string;

  constructor(fields: ErrorFields, options?: ErrorOptions) {
    super(fields.message ?? 'Postgres reported an error without a message', options);
    Object.assign(this, fields);
    this.name = 'PostgresError';
    this.code = fields.code ?? 'XX000';
    this.severity = fields.severity ?? 'ERROR';
  }

  /** True when the server ends the connection after this error. */
  get fatal(): boolean {
    return this.severity === 'FATAL' || this.severity === 'PANIC';
  }
}

/** The connection broke (08006) or could not be made (08001): what was under way has an unknown outcome. */
export function connectionError(
  message: string,
  code: '08001' | '08006' | '08P01' = '08006',
  cause?: unknown,
): PostgresError {
  return new PostgresError({ severity: 'FATAL', code, message }, { cause });
}

/** What an aborted session rejects with; the signal's reason is its cause. */
export function abortError(signal: { readonly reason: unknown }): DOMException {
  return Object.assign(new DOMException('The session was aborted', 'AbortError'), { cause: signal.reason });
}

/** Reads the fields between `start` and `end` of an ErrorResponse or NoticeResponse body. */
export function readErrorFields(body: Buffer, start: number, end: number): ErrorFields {
  const fields: ErrorFields = {};
  for (let at = start; at < end && body[at] !== 0; ) {
    const letter = String.fromCharCode(body[at] as number);
    const stop = body.indexOf(0, at + 1);
    if (stop < 0 || stop >= end) break;
    const name = FIELD_NAMES[letter];
    if (name) fields[name] = body.toString('utf8', at + 1, stop);
    at = stop + 1;
  }
  return fields;
}
