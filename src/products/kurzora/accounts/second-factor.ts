import { hash, randomInt } from 'node:crypto';
import { assertOr } from '#kernel/errors.ts';
import type { SessionBody } from '#services/auth/api.ts';
import { setRecoveryCodes, useRecoveryCode } from '../queries/security.ts';
import { accountsOf, withAccounts } from './account-service.ts';
import { noteEvent } from './security-events.ts';
import type { AccountContext } from './sign-in.ts';

export interface Factor {
  readonly id: string;
  readonly status: string;
  readonly factor_type: string;
}

type Context = Pick<AccountContext, 'project' | 'services' | 'client'>;

/** Authenticators among the factors of an account service's user. */
export const totpOf = (user: Readonly<Record<string, unknown>>): Factor[] =>
  ((user['factors'] ?? []) as Factor[]).filter(({ factor_type }) => factor_type === 'totp');

export const verifiedTotp = (user: Readonly<Record<string, unknown>>): Factor | undefined =>
  totpOf(user).find(({ status }) => status === 'verified');

/** Answers a challenge of the factor; the session goes on with new tokens. */
export async function verifyFactor(
  { services, client }: Pick<Context, 'services' | 'client'>,
  { token, factorId, code }: { token: string; factorId: string; code: string },
): Promise<SessionBody> {
  const accounts = accountsOf(services);
  const path = `/factors/${factorId}`;
  const challenge = (await withAccounts(
    accounts.ask(client, { method: 'POST', path: `${path}/challenge`, token }),
  )) as { id: string };
  const body = { challenge_id: challenge.id, code: code.replace(/\s/g, '') };
  return (await withAccounts(
    accounts.ask(client, { method: 'POST', path: `${path}/verify`, token, body }),
  )) as SessionBody;
}

/**
 * Shows the second factor of a session that has not: a code of the authenticator, or one of the recovery codes. A recovery code ends
 * the factor, for who needs one has lost the other. Throws TWO_FACTOR_REQUIRED.
 */
export async function showFactor(
  context: Context,
  session: Pick<SessionBody, 'access_token' | 'refresh_token'> & { readonly userId: string },
  factor: Factor,
  code: string,
): Promise<SessionBody> {
  const { services, client, project } = context;
  const { access_token: token, userId } = session;
  if (!looksLikeRecovery(code)) return verifyFactor(context, { token, factorId: factor.id, code });
  await redeemRecovery(context, userId, code);
  await endFactor(context, userId, factor.id);
  await project.database.asService((tx) => noteEvent(tx, context, { userId, type: 'recovery_code_used' }));
  // Its tokens were those of somebody who had yet to show a factor; the next ones are not.
  return withAccounts(accountsOf(services).refresh(client, session.refresh_token));
}

/** Uses the code up. Throws TWO_FACTOR_REQUIRED. */
export async function redeemRecovery({ project }: Context, userId: string, code: string): Promise<undefined> {
  const used = await project.database.asService((tx) => useRecoveryCode(tx, userId, recoveryHash(userId, code)));
  assertOr(used, 'TWO_FACTOR_REQUIRED', 'This recovery code is not one of yours, or was used');
}

/** Ends it past the session, with the remaining recovery codes. */
export async function endFactor({ services, client, project }: Context, userId: string, id: string): Promise<void> {
  assertOr(services.adminToken, 'UNAVAILABLE', 'Accounts are not served here');
  const path = `/admin/users/${userId}/factors/${id}`;
  await withAccounts(accountsOf(services).ask(client, { method: 'DELETE', path, token: services.adminToken }));
  await project.database.asService((tx) => setRecoveryCodes(tx, userId, []));
}

const CODES = 10;
/** Without those that are taken for each other. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 10;

/** Ten new codes, which take the place of those before; shown this once. */
export async function newRecoveryCodes({ project }: Pick<Context, 'project'>, userId: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () =>
    Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join(''),
  );
  const hashes = codes.map((code) => recoveryHash(userId, code));
  await project.database.asService((tx) => setRecoveryCodes(tx, userId, hashes));
  return codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
}

const plain = (code: string) => code.toLowerCase().replace(/[\s-]/g, '');
export const looksLikeRecovery = (code: string) => plain(code).length === LENGTH;
const recoveryHash = (userId: string, code: string) => hash('sha256', `${userId}:${plain(code)}`);
