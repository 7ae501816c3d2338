import type { Session } from '#kernel/postgres/database.ts';
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
