import { ANON } from '#kernel/postgres/database.ts';
import { REFUSED } from '../errors.ts';
import type { Caller, Parts } from '../parts.ts';

/** A request without a token. */
export const NOBODY: Caller = Object.freeze({ identity: ANON, authenticated: false });
/** Roles that own the services' schemas. The login could become them; no token may. */
const OWNERS = /^(supabase_|freehold|postgres$|pg_)/;

/** Who a header `Authorization` stands for; anon where there is none. Throws AccessDenied. */
export async function callerOf(parts: Pick<Parts, 'verify'>, authorization: string | undefined): Promise<Caller> {
  if (authorization === undefined) return NOBODY;
  const token = /^bearer\s+(.*)$/i.exec(authorization)?.[1]?.trim();
  if (!token) throw REFUSED.accessDenied({ message: 'Invalid Compact JWS' });
  return callerOfToken(parts, token);
}

export async function callerOfToken(parts: Pick<Parts, 'verify'>, token: string): Promise<Caller> {
  try {
    const identity = await parts.verify(token);
    if (OWNERS.test(identity.role)) throw new Error(`The role ${identity.role} cannot be used here`);
    return { identity, authenticated: true };
  } catch (cause) {
    throw REFUSED.accessDenied({ message: messageOf(cause), cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'Invalid Compact JWS';
}
