import type { Row, Session, Value } from '#kernel/postgres/database.ts';
import { decodeRows } from '#kernel/postgres/wire/decode.ts';
import type { Parts, Scope } from './parts.ts';

const OWNER = Object.freeze({ role: 'supabase_storage_admin', claims: Object.freeze({}) });

/** Judged by the caller's policies. */
export function asCaller<T>(scope: Scope, work: (session: Session) => Promise<T>): Promise<T> {
  const { parts, caller, settings, signal } = scope;
  return parts.services.as(caller.identity, work, { settings, signal });
}

/**
 * Past the policies, with the caller's claims: what was allowed before is written down now, and triggers of the app still see who did it.
 * Not cancelled when the caller goes: bytes and row are to meet.
 */
export function asService<T>(scope: Scope, work: (session: Session) => Promise<T>): Promise<T> {
  const identity = { role: 'service_role', claims: scope.caller.identity.claims };
  return scope.parts.services.as(identity, work, { settings: scope.settings });
}

/** As the owner of the schema: what no caller decides. */
export function asOwner<T>(parts: Pick<Parts, 'services'>, work: (session: Session) => Promise<T>): Promise<T> {
  return parts.services.as(OWNER, work);
}

/** One statement, judged by the caller's policies, in one round trip. */
export async function queryAsCaller<R = Row>(scope: Scope, text: string, values: readonly Value[]): Promise<R[]> {
  const { parts, caller, settings, signal } = scope;
  const [result] = await parts.services.oneShot(caller.identity, [{ text, values }], { settings, signal });
  return decodeRows(result!) as R[];
}

/** One statement as the owner of the schema, in one round trip. */
export async function queryAsOwner<R = Row>(
  parts: Pick<Parts, 'services'>,
  text: string,
  values: readonly Value[],
): Promise<R[]> {
  const [result] = await parts.services.oneShot(OWNER, [{ text, values }]);
  return decodeRows(result!) as R[];
}
