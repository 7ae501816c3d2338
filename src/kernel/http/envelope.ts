import Type, { type TSchema } from 'typebox';
import type { ErrorCode } from '../errors.ts';

/** Kurzora's envelope, section 3.2 of its specification: every answer of a product's routes wears it. */
export interface Success {
  readonly success: true;
  readonly data: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly requestId: string;
}

export interface Failure {
  readonly success: false;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly details?: unknown };
  readonly timestamp: string;
  readonly requestId: string;
}

export function success(data: unknown, requestId: string, meta?: Readonly<Record<string, unknown>>): Success {
  return { success: true, data, ...(meta && { meta }), timestamp: new Date().toISOString(), requestId };
}

export function failure(error: Failure['error'], requestId: string): Failure {
  const { code, message, details } = error;
  return {
    success: false,
    error: { code, message, ...(details !== undefined && { details }) },
    timestamp: new Date().toISOString(),
    requestId,
  };
}

/** Schema of a success whose `data` is `data`. */
export function successSchema(data: TSchema): TSchema {
  return Type.Object({
    success: Type.Literal(true),
    data,
    meta: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    timestamp: Type.String({ format: 'date-time' }),
    requestId: Type.String(),
  });
}

export const FailureSchema = Type.Object({
  success: Type.Literal(false),
  error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(Type.Unknown()) }),
  timestamp: Type.String({ format: 'date-time' }),
  requestId: Type.String(),
});
