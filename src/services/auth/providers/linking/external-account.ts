import type { Session } from '#kernel/postgres/database.ts';
import type { MailRequest, Send } from '../../codes/code-messages.ts';
import { noteProviders } from '../../codes/confirmations.ts';
import { sendConfirmation } from '../../codes/send-mails.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { audit } from '../../store/audit.ts';
import { deleteIdentity, identitiesOf, insertIdentity, updateIdentity } from '../../store/identities.ts';
import { isBanned, mergedMetadata, type UserRow, updateUser } from '../../store/users.ts';
import { confirmUser, createUser } from '../../users/create-user.ts';
import type { ProviderProfile } from '../provider.ts';
import { decideLinking, type LinkingDecision, primaryEmail } from './decide-linking.ts';
import { identityData } from './identity-data.ts';

export interface ExternalSignIn {
  readonly provider: string;
  readonly profile: ProviderProfile;
  readonly emailOptional: boolean;
  readonly ip: string;
  /** For the mail that asks to confirm an address which the provider has not verified. */
  readonly redirectTo: string;
  readonly challenge?: MailRequest['challenge'];
}

/** `joined`: the account was there before, and this identity is new to it: after commit, say so. `unverified` commits: the account waits for its address. Call `send` after the transaction, then refuse with `needsVerification`. */
export type ExternalAccount =
  | { readonly kind: 'user'; readonly user: UserRow; readonly joined: boolean }
  | { readonly kind: 'unverified'; readonly send?: Send };

export const needsVerification = (provider: string) =>
  new AuthError(
    422,
    'provider_email_needs_verification',
    `Unverified email with ${provider}. A confirmation email has been sent to your ${provider} email`,
  );

/**
 * The account of whoever a provider says has come: found, joined or made. Throws AuthError: signup_disabled (422), user_banned (403),
 * what hooks and triggers refuse with.
 */
export async function externalAccount(
  context: AuthContext,
  tx: Session,
  given: ExternalSignIn,
): Promise<ExternalAccount> {
  // Two callbacks about one person follow each other: the second finds what the first made.
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `auth identity ${given.provider} ${given.profile.subject}`,
  ]);
  const decision = await decideLinking(tx, given.provider, given.profile);
  if (decision.kind === 'ambiguous')
    throw new AuthError(
      500,
      'unexpected_failure',
      'Multiple accounts with the same email address in the same linking domain detected: default',
    );
  if (decision.kind === 'create' && decision.taken && !given.emailOptional) return { kind: 'unverified' };
  const { user, identityId } = await settle(context, tx, given, decision);
  if (isBanned(user, context.now())) throw new AuthError(403, 'user_banned', 'User is banned');
  const confirmed = await settleConfirmation(context, tx, given, { user, identityId });
  if (confirmed.kind === 'user') {
    const action = decision.kind === 'create' ? 'user_signedup' : 'login';
    await audit(tx, confirmed.user, action, { ip: given.ip, traits: { provider: given.provider } });
  }
  return confirmed.kind === 'user' ? { ...confirmed, joined: decision.kind === 'link' } : confirmed;
}

interface Settled {
  readonly user: UserRow;
  readonly identityId: string;
}

async function settle(
  context: AuthContext,
  tx: Session,
  given: ExternalSignIn,
  decision: Exclude<LinkingDecision, { kind: 'ambiguous' }>,
): Promise<Settled> {
  const data = identityData(given.profile);
  const { provider, profile } = given;
  if (decision.kind === 'create') return createExternal(context, tx, given, decision, data);
  const identity =
    decision.kind === 'known'
      ? await updateIdentity(tx, decision.identity.id, data, { signedIn: true })
      : await insertIdentity(tx, { userId: decision.user.id, provider, providerId: profile.subject, data });
  const user = await updateUser(tx, decision.user.id, {
    raw_user_meta_data: mergedMetadata(decision.user.raw_user_meta_data, data),
  });
  return { user: await noteProviders(tx, user), identityId: identity.id };
}

async function createExternal(
  context: AuthContext,
  tx: Session,
  { provider, profile, ip }: ExternalSignIn,
  { email, taken }: Extract<LinkingDecision, { kind: 'create' }>,
  data: Readonly<Record<string, unknown>>,
): Promise<Settled> {
  if (!context.settings.enableSignup)
    throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');
  const user = await createUser(context, tx, {
    email: taken ? undefined : email?.email,
    provider,
    identity: { providerId: profile.subject, data },
    userMetadata: data,
    ip,
  });
  const [identity] = await identitiesOf(tx, user.id);
  return { user, identityId: identity!.id };
}

async function settleConfirmation(
  context: AuthContext,
  tx: Session,
  given: ExternalSignIn,
  { user, identityId }: Settled,
): Promise<{ kind: 'user'; user: UserRow } | { kind: 'unverified'; send: Send }> {
  const known = primaryEmail(given.profile);
  const withoutEmail = given.emailOptional && (!user.email || !known);
  if (user.email_confirmed_at || withoutEmail) return { kind: 'user', user };
  const alone = await keepOnly(tx, user, identityId, identityData(given.profile));
  const proven = known?.verified && known.email === alone.email;
  if (proven || !context.settings.email.enableConfirmations)
    return { kind: 'user', user: await confirmUser(context, tx, alone, { emailConfirmed: true }) };
  const { ip, redirectTo, challenge } = given;
  return { kind: 'unverified', send: await sendConfirmation(context, tx, { user: alone, ip, redirectTo, challenge }) };
}

/**
 * Nobody has proved that this unconfirmed account is his: whoever made it may have waited for the owner of the address to come by a
 * provider. Its password, its other identities and what it said of itself go.
 */
async function keepOnly(
  tx: Session,
  user: UserRow,
  identityId: string,
  data: Readonly<Record<string, unknown>>,
): Promise<UserRow> {
  for (const identity of await identitiesOf(tx, user.id))
    if (identity.id !== identityId) await deleteIdentity(tx, identity.id);
  await tx.execute('delete from auth.sessions where user_id = $1', [user.id]);
  await tx.execute('delete from auth.mfa_factors where user_id = $1', [user.id]);
  const alone = await updateUser(tx, user.id, { encrypted_password: '', raw_user_meta_data: data });
  return noteProviders(tx, alone);
}
