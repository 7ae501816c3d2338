/**
 * Whose account is it? A provider's identity that is known signs in its user. A new one joins the account that has one of its
 * verified addresses, and is an account of its own otherwise. Only addresses that both sides verified join accounts: otherwise
 * somebody could put another's address into a provider's profile and end up in, or be joined by, the other's account.
 * Source: supabase/auth, DetermineAccountLinking; stricter where that trusts unverified addresses.
 */
import type { Session } from '#kernel/postgres/database.ts';
import { findIdentity, type IdentityRow } from '../../store/identities.ts';
import { findUser, USER_COLUMNS, type UserRow } from '../../store/users.ts';
import type { ProviderEmail, ProviderProfile } from '../provider.ts';

export type LinkingDecision =
  | { readonly kind: 'known'; readonly user: UserRow; readonly identity: IdentityRow }
  | { readonly kind: 'link'; readonly user: UserRow }
  /** `taken`: the address, which the provider has not verified, belongs to somebody already. */
  | { readonly kind: 'create'; readonly email: ProviderEmail | undefined; readonly taken: boolean }
  /** Several accounts have the addresses; a person must settle it. */
  | { readonly kind: 'ambiguous' };

export async function decideLinking(tx: Session, provider: string, profile: ProviderProfile): Promise<LinkingDecision> {
  const identity = await findIdentity(tx, provider, profile.subject);
  const known = identity && (await findUser(tx, identity.user_id, { lock: true }));
  if (identity && known) return { kind: 'known', user: known, identity };
  const verified = profile.emails.filter((each) => each.verified).map((each) => each.email.toLowerCase());
  const owners = verified.length > 0 ? await ownersOf(tx, verified) : [];
  if (owners.length > 1) return { kind: 'ambiguous' };
  if (owners[0]) return { kind: 'link', user: owners[0] };
  const email = primaryEmail(profile);
  const taken = email !== undefined && (await isTaken(tx, email.email));
  return { kind: 'create', email, taken };
}

/** In lower case; the first one when the provider does not say which. */
export function primaryEmail({ emails }: ProviderProfile): ProviderEmail | undefined {
  const found = emails.find((each) => each.primary) ?? emails[0];
  return found && { ...found, email: found.email.toLowerCase() };
}

/** Who has one of these as the address of the account, or verified at another provider. */
function ownersOf(tx: Session, emails: readonly string[]): Promise<UserRow[]> {
  return tx.query<UserRow>(
    `select ${USER_COLUMNS} from auth.users
     where not is_sso_user and deleted_at is null and (
       lower(email) = any($1::text[])
       or id in (
         select user_id from auth.identities
         where email = any($1::text[]) and provider not like 'sso:%' and identity_data ->> 'email_verified' = 'true'
       )
     )
     order by id for update`,
    [emails],
  );
}

async function isTaken(tx: Session, email: string): Promise<boolean> {
  const rows = await tx.query('select 1 from auth.users where email = $1 and not is_sso_user limit 1', [email]);
  return rows.length > 0;
}
