import type { Session } from '#kernel/postgres/database.ts';
import { confirmEmail, noteProviders } from '../../codes/confirmations.ts';
import { redeemTokenHash } from '../../codes/redeem-code.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { audit } from '../../store/audit.ts';
import { insertIdentity } from '../../store/identities.ts';
import { findUser, mergedMetadata, type UserRow, updateUser } from '../../store/users.ts';
import type { ProviderProfile } from '../provider.ts';
import { identityData } from './identity-data.ts';

export interface Invite {
  readonly userId: string;
}

const notFound = () => new AuthError(404, 'invite_not_found', 'Invite not found');

/** Whom this link's token invites. Throws invite_not_found (404). */
export async function readInvite(context: AuthContext, token: string): Promise<Invite> {
  const found = await redeemTokenHash(context, token, ['confirmation_token']);
  if (!found) throw notFound();
  return { userId: found.user_id };
}

/** Somebody who was invited comes by a provider: it must know the address that the invitation went to. */
export async function acceptInvite(
  context: AuthContext,
  tx: Session,
  given: {
    readonly invite: Invite;
    readonly provider: string;
    readonly profile: ProviderProfile;
    readonly ip: string;
  },
): Promise<UserRow> {
  const { provider, profile } = given;
  const invited = await findUser(tx, given.invite.userId, { lock: true });
  if (!invited?.email) throw notFound();
  const email = invited.email.toLowerCase();
  if (!profile.emails.some((each) => each.email.toLowerCase() === email))
    throw new AuthError(400, 'validation_failed', 'Invited email does not match emails from external provider');
  const data = identityData(profile);
  await insertIdentity(tx, { userId: invited.id, provider, providerId: profile.subject, data });
  const confirmed = await confirmEmail(context, tx, invited);
  const changed = await updateUser(tx, invited.id, {
    raw_user_meta_data: mergedMetadata(confirmed.raw_user_meta_data, { ...data, email_verified: true }),
  });
  const user = await noteProviders(tx, changed);
  await audit(tx, user, 'invite_accepted', { ip: given.ip, traits: { provider } });
  return user;
}
