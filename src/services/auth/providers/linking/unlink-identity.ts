import type { Session } from '#kernel/postgres/database.ts';
import { noteProviders } from '../../codes/confirmations.ts';
import { AuthError } from '../../errors.ts';
import { audit } from '../../store/audit.ts';
import { deleteIdentity, identitiesOf } from '../../store/identities.ts';
import { findUser, type UserRow, updateUser } from '../../store/users.ts';
import { emailFromIdentities } from './account-email.ts';

/** Takes an identity away. Throws 422: single_identity_not_deletable, identity_not_found, email_conflict_identity_not_deletable. */
export async function unlinkIdentity(
  tx: Session,
  given: { readonly userId: string; readonly identityId: string; readonly ip: string },
): Promise<{ readonly user: UserRow; readonly provider: string }> {
  const user = (await findUser(tx, given.userId, { lock: true }))!;
  const identities = await identitiesOf(tx, user.id);
  if (identities.length <= 1)
    throw new AuthError(422, 'single_identity_not_deletable', 'User must have at least 1 identity after unlinking');
  const leaving = identities.find((identity) => identity.id === given.identityId);
  if (!leaving) throw new AuthError(422, 'identity_not_found', "Identity doesn't exist");
  await deleteIdentity(tx, leaving.id);
  const remaining = identities.filter((identity) => identity !== leaving);
  const changed =
    leaving.provider === 'phone'
      ? await updateUser(tx, user.id, { phone: null, phone_confirmed_at: null })
      : await emailFromIdentities(tx, user, remaining, {
          taken: () =>
            new AuthError(
              422,
              'email_conflict_identity_not_deletable',
              'Unable to unlink identity due to email conflict',
            ),
        });
  const noted = await noteProviders(tx, changed);
  await audit(tx, noted, 'identity_unlinked', {
    ip: given.ip,
    traits: { identity_id: leaving.id, provider: leaving.provider, provider_id: leaving.provider_id },
  });
  return { user: noted, provider: leaving.provider };
}
