import type { Session } from '#kernel/postgres/database.ts';
import type { Send } from '../../codes/code-messages.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import type { Challenge } from '../../flows/challenge.ts';
import { type FlowStateRow, issueAuthCode, startFlow } from '../../flows/flow-state.ts';
import type { AuthRequest } from '../../http/endpoint.ts';
import { withCode, withSession } from '../../rules/redirects.ts';
import { issueSession } from '../../sessions/issue-session.ts';
import type { UserRow } from '../../store/users.ts';
import { acceptInvite, type Invite, readInvite } from '../linking/accept-invite.ts';
import { externalAccount, needsVerification } from '../linking/external-account.ts';
import { linkIdentity } from '../linking/link-identity.ts';
import { tellOfIdentity } from '../linking/tell-of-identity.ts';
import { type Provider, ProviderError, type ProviderProfile, type ProviderTokens } from '../provider.ts';
import { codeVerifierOf, nonceOf } from './state.ts';

export interface ProviderCallback {
  readonly flow: FlowStateRow;
  readonly provider: Provider;
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>;
}

export const challengeOf = (flow: FlowStateRow): Challenge | undefined =>
  flow.code_challenge && flow.code_challenge_method
    ? { challenge: flow.code_challenge, method: flow.code_challenge_method }
    : undefined;

/**
 * Asks the provider who came, signs that account in and returns where the person goes: with a code (PKCE) or the session. The
 * provider is asked between two transactions, not inside one. Throws AuthError.
 */
export async function finishProviderFlow(context: AuthContext, callback: ProviderCallback): Promise<string> {
  const { flow, provider } = callback;
  const invite = flow.invite_token ? await readInvite(context, flow.invite_token) : undefined;
  const signedIn = await askWho(context, callback);
  assertUsable(signedIn.profile, provider);
  const target = flow.referrer || context.settings.siteUrl;
  const result = await context.transaction(async (tx) => {
    const account = await accountOf(context, tx, callback, { profile: signedIn.profile, invite, target });
    if (!('user' in account)) return account;
    return { ...account, address: await leave(context, tx, callback, { ...signedIn, user: account.user, target }) };
  });
  if (!('user' in result)) {
    await result.send?.();
    throw needsVerification(provider.name);
  }
  if (result.joined) tellOfIdentity(context, 'identity_linked', result.user, provider.name);
  return result.address;
}

/** `joined`: an account that was there before has a new identity. */
type Account = { readonly user: UserRow; readonly joined: boolean } | { readonly send?: Send };

async function askWho(context: AuthContext, { flow, provider, code, fields }: ProviderCallback) {
  try {
    return await provider.signIn({
      code,
      codeVerifier: codeVerifierOf(context, flow.id),
      nonce: nonceOf(context, flow.id),
      fields,
    });
  } catch (cause) {
    if (!(cause instanceof ProviderError)) throw cause;
    context.log.warn(
      { err: cause, provider: provider.name, stage: cause.stage },
      'a provider did not sign a person in',
    );
    const message =
      cause.stage === 'exchange'
        ? `Unable to exchange external code: ${cause.message}`
        : 'Error getting user profile from external provider';
    throw new AuthError(500, 'unexpected_failure', message, { cause });
  }
}

function assertUsable(profile: ProviderProfile, provider: Provider): void {
  if (profile.subject === '')
    throw new AuthError(500, 'unexpected_failure', 'Error getting user profile from external provider');
  if (profile.emails.length === 0 && !provider.emailOptional)
    throw new AuthError(500, 'unexpected_failure', 'Error getting user email from external provider');
}

async function accountOf(
  context: AuthContext,
  tx: Session,
  { flow, provider, request }: ProviderCallback,
  given: { readonly profile: ProviderProfile; readonly invite: Invite | undefined; readonly target: string },
): Promise<Account> {
  const { profile, invite } = given;
  const { ip } = request;
  if (flow.linking_target_id)
    return {
      user: await linkIdentity(context, tx, { userId: flow.linking_target_id, provider: provider.name, profile }),
      joined: true,
    };
  if (invite)
    return { user: await acceptInvite(context, tx, { invite, provider: provider.name, profile, ip }), joined: false };
  const account = await externalAccount(context, tx, {
    provider: provider.name,
    profile,
    emailOptional: provider.emailOptional,
    ip,
    redirectTo: given.target,
    challenge: challengeOf(flow),
  });
  return account.kind === 'user' ? { user: account.user, joined: account.joined } : { send: account.send };
}

async function leave(
  context: AuthContext,
  tx: Session,
  { flow, request }: ProviderCallback,
  given: { readonly user: UserRow; readonly tokens: ProviderTokens; readonly target: string },
): Promise<string> {
  const { user, tokens, target } = given;
  const challenge = challengeOf(flow);
  if (!challenge) {
    const session = await issueSession(context, tx, {
      user,
      method: 'oauth',
      request,
      providerToken: tokens.accessToken,
      providerRefreshToken: tokens.refreshToken,
    });
    return withSession(target, session);
  }
  // The flow that `state` named is used up; the code belongs to one that no state opens.
  const next = await startFlow(context, tx, {
    provider: flow.provider_type,
    method: 'oauth',
    challenge,
    userId: user.id,
  });
  const code = await issueAuthCode(context, tx, next.id, {
    userId: user.id,
    providerAccessToken: tokens.accessToken,
    providerRefreshToken: tokens.refreshToken,
  });
  return withCode(target, code);
}
