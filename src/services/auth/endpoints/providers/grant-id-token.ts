import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, OAuthError } from '../../errors.ts';
import { signedInCaller } from '../../http/caller.ts';
import { checkedBody } from '../../http/check-body.ts';
import type { Answer, AuthRequest } from '../../http/endpoint.ts';
import { type ExternalAccount, externalAccount, needsVerification } from '../../providers/linking/external-account.ts';
import { linkIdentity } from '../../providers/linking/link-identity.ts';
import { tellOfIdentity } from '../../providers/linking/tell-of-identity.ts';
import { audiencesOf, isForUs, matchesAccessToken } from '../../providers/oidc.ts';
import { oidcClaims } from '../../providers/oidc-provider.ts';
import { ProviderError, type ProviderProfile } from '../../providers/provider.ts';
import { findIdTokenSource, type IdTokenSource } from '../../providers/registry.ts';
import type { OidcClaims } from '../../providers/vendor.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { issueSession, type SessionBody } from '../../sessions/issue-session.ts';

const optionalText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({
  id_token: optionalText,
  access_token: optionalText,
  nonce: optionalText,
  provider: optionalText,
  client_id: optionalText,
  issuer: optionalText,
  link_identity: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
});
type Fields = { readonly [Name in keyof Type.Static<typeof Body>]?: string | boolean | null };

const refused = (description: string) => new OAuthError(400, 'invalid request', description);

/** POST /token?grant_type=id_token: a token that Google, Apple or another OIDC provider gave an app on a phone or in a page. */
export async function idTokenGrant(context: AuthContext, request: AuthRequest): Promise<Answer> {
  await checkCaptcha(context, request);
  const body = checkedBody(Body, request.body) as Fields;
  const text = (name: keyof Fields) => (body[name] as string | null | undefined) ?? '';
  if (text('id_token') === '') throw refused('id_token required');
  const target = body.link_identity ? await linkingTarget(context, request) : undefined;
  const source = await context.transaction(
    (tx) =>
      findIdTokenSource(context, tx, {
        provider: text('provider'),
        issuer: text('issuer'),
        clientId: text('client_id'),
      }),
    { readOnly: true },
  );
  const profile = await verifiedProfile(context, source, {
    idToken: text('id_token'),
    accessToken: text('access_token'),
    nonce: text('nonce'),
  });
  const session = await signIn(context, request, { source, profile, target });
  return { status: 200, body: session };
}

/** GoTrue's answer to a linking request of nobody. */
async function linkingTarget(context: AuthContext, request: AuthRequest): Promise<string> {
  if (!context.settings.enableManualLinking)
    throw new AuthError(404, 'manual_linking_disabled', 'Manual linking is disabled');
  return (await signedInCaller(context, request.token)).user.id;
}

interface Given {
  readonly idToken: string;
  readonly accessToken: string;
  readonly nonce: string;
}

async function verifiedProfile(context: AuthContext, source: IdTokenSource, given: Given): Promise<ProviderProfile> {
  const claims = await verifiedClaims(context, source, given);
  if (!isForUs(claims, source.client.clientIds))
    throw refused(`Unacceptable audience in id_token: [${audiencesOf(claims).join(' ')}]`);
  if (!source.client.skipNonceCheck) checkNonce(claims, given.nonce);
  return source.vendor.profile(claims, {});
}

async function verifiedClaims(context: AuthContext, source: IdTokenSource, given: Given): Promise<OidcClaims> {
  // Before the provider is asked for its keys: what is no token needs none.
  if (!isToken(given.idToken)) throw refused('Bad ID token');
  try {
    const claims = await oidcClaims(given.idToken, source.client, source.vendor, {
      ...source.options,
      anyAudience: true,
    });
    const bound = given.accessToken !== '' && claims['at_hash'] !== undefined;
    const algorithm = decodeProtectedHeader(given.idToken).alg ?? '';
    if (bound && !matchesAccessToken(claims, given.accessToken, algorithm)) throw refused('Bad ID token');
    return claims;
  } catch (cause) {
    if (!(cause instanceof ProviderError)) throw cause;
    context.log.info({ err: cause, provider: source.provider }, 'an ID token was refused');
    if (cause.stage === 'discovery')
      throw new AuthError(500, 'unexpected_failure', 'Unable to reach the provider', { cause });
    throw refused('Bad ID token');
  }
}

function isToken(text: string): boolean {
  try {
    decodeProtectedHeader(text);
    return text.split('.').length === 3;
  } catch {
    return false;
  }
}

/** The token holds the hash of a secret that only the app that asked for it knows: a stolen token is of no use without it. */
function checkNonce(claims: OidcClaims, nonce: string): void {
  const inToken = typeof claims['nonce'] === 'string' ? claims['nonce'] : '';
  if ((inToken !== '') !== (nonce !== ''))
    throw refused('Passed nonce and nonce in id_token should either both exist or not.');
  if (inToken !== '' && createHash('sha256').update(nonce).digest('hex') !== inToken)
    throw new OAuthError(400, 'invalid nonce', 'Nonces mismatch');
}

async function signIn(
  context: AuthContext,
  request: AuthRequest,
  given: { readonly source: IdTokenSource; readonly profile: ProviderProfile; readonly target: string | undefined },
): Promise<SessionBody> {
  const { source, profile, target } = given;
  const { provider } = source;
  const accountOf = async (tx: Session): Promise<ExternalAccount> => {
    if (target !== undefined)
      return {
        kind: 'user',
        user: await linkIdentity(context, tx, { userId: target, provider, profile }),
        joined: true,
      };
    return externalAccount(context, tx, {
      provider,
      profile,
      emailOptional: source.client.emailOptional,
      ip: request.ip,
      redirectTo: redirectOf(context.settings, request),
    });
  };
  const result = await context.transaction(async (tx) => {
    const account = await accountOf(tx);
    if (account.kind === 'unverified') return account;
    const session = await issueSession(context, tx, { user: account.user, method: 'oauth', request });
    return { ...account, session };
  });
  if (result.kind === 'unverified') {
    await result.send?.();
    throw needsVerification(provider);
  }
  if (result.joined) tellOfIdentity(context, 'identity_linked', result.user, provider);
  return result.session;
}
