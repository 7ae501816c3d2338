import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { amrOf } from '../store/amr.ts';
import { factorsOf } from '../store/factors.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** What GoTrue's schema for the hook's answer requires. */
const REQUIRED = ['aud', 'exp', 'iat', 'sub', 'email', 'phone', 'role', 'aal', 'session_id', 'is_anonymous'];

/** A signed access token of this session; `method` is what the hook custom_access_token is told. */
export async function accessToken(
  context: AuthContext,
  tx: Session,
  given: { readonly user: UserRow; readonly session: SessionRow; readonly method: string },
): Promise<AccessToken> {
  const { user, session, method } = given;
  const issued = Math.floor(context.now() / 1000);
  const expiresIn = context.settings.jwtExpiry;
  const claims = {
    iss: context.settings.jwtIssuer ?? context.settings.externalUrl(),
    sub: user.id,
    aud: user.aud ?? '',
    exp: issued + expiresIn,
    iat: issued,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    role: (await roleBefore(context, tx, user, session)) ?? user.role ?? '',
    aal: session.aal ?? 'aal1',
    amr: await amrOf(tx, session.id),
    session_id: session.id,
    is_anonymous: user.is_anonymous,
    ...(session.oauth_client_id ? { client_id: session.oauth_client_id } : {}),
    ...(session.scopes ? { scope: session.scopes } : {}),
  };
  const token = await context.keys.sign(await hooked(context, tx, claims, method));
  return { token, expiresIn, expiresAt: issued + expiresIn };
}

async function roleBefore(
  { settings }: AuthContext,
  tx: Session,
  user: UserRow,
  session: SessionRow,
): Promise<string | undefined> {
  if (!settings.roleBeforeSecondFactor || (session.aal ?? 'aal1') !== 'aal1') return undefined;
  const factors = await factorsOf(tx, user.id);
  return factors.some(({ status }) => status === 'verified') ? settings.roleBeforeSecondFactor : undefined;
}

async function hooked(
  context: AuthContext,
  tx: Session,
  claims: Readonly<Record<string, unknown>>,
  method: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (!context.hooks.has('custom_access_token')) return claims;
  const payload = { user_id: claims['sub'], claims, authentication_method: method };
  const answer = await context.hooks.call('custom_access_token', payload, tx);
  const changed = answer['claims'] as Readonly<Record<string, unknown>> | null | undefined;
  if (!changed || typeof changed !== 'object')
    throw new AuthError(500, 'unexpected_failure', 'output claims field is missing');
  const missing = REQUIRED.filter((name) => changed[name] === undefined);
  if (missing.length === 0) return changed;
  const reasons = missing.map((name) => `- (root): ${name} is required`).join('\n');
  throw new AuthError(500, 'unexpected_failure', `output claims do not conform to the expected schema: \n${reasons}\n`);
}
