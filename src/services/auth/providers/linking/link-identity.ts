import type { Session } from '#kernel/postgres/database.ts';
import { noteProviders } from '../../codes/confirmations.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, userNotFound } from '../../errors.ts';
import { findIdentity, identitiesOf, insertIdentity } from '../../store/identities.ts';
import { findUser, mergedMetadata, type UserRow, updateUser } from '../../store/users.ts';
import { confirmUser } from '../../users/create-user.ts';
import type { ProviderProfile } from '../provider.ts';
import { emailFromIdentities } from './account-email.ts';
import { primaryEmail } from './decide-linking.ts';
import { identityData } from './identity-data.ts';

/** A signed-in user's further identity. Throws identity_already_exists (422), provider_email_needs_verification (422). */
export async function linkIdentity(
  context: AuthContext,
  tx: Session,
  given: { readonly userId: string; readonly provider: string; readonly profile: ProviderProfile },
): Promise<UserRow> {
  const { provider, profile } = given;
  const target = await findUser(tx, given.userId, { lock: true });
  if (!target) throw userNotFound();
  const existing = await findIdentity(tx, provider, profile.subject);
  if (existing)
    throw new AuthError(
      422,
      'identity_already_exists',
      existing.user_id === target.id ? 'Identity is already linked' : 'Identity is already linked to another user',
    );
  const data = identityData(profile);
  await insertIdentity(tx, { userId: target.id, provider, providerId: profile.subject, data });
  const changed = await updateUser(tx, target.id, {
    raw_user_meta_data: mergedMetadata(target.raw_user_meta_data, data),
    is_anonymous: false,
  });
  const user = await noteProviders(tx, changed);
  return user.email ? user : adoptEmail(context, tx, user, profile);
}

/** A user without an address (anonymous until now) takes the identity's, if the provider has verified it. */
async function adoptEmail(
  context: AuthContext,
  tx: Session,
  user: UserRow,
  profile: ProviderProfile,
): Promise<UserRow> {
  const email = primaryEmail(profile);
  if (!email) return user;
  if (!email.verified && context.settings.email.enableConfirmations)
    throw new AuthError(
      422,
      'provider_email_needs_verification',
      'Unverified email with the provider. Verify the email with the provider in order to sign in',
    );
  const named = await emailFromIdentities(tx, user, await identitiesOf(tx, user.id), {
    taken: () => new AuthError(422, 'email_exists', 'A user with this email address has already been registered'),
  });
  return confirmUser(context, tx, named, { emailConfirmed: true });
}
