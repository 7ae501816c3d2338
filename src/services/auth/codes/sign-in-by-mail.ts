import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { Challenge } from '../flows/challenge.ts';
import { audit } from '../store/audit.ts';
import { findUserByEmail, type UserRow } from '../store/users.ts';
import { confirmUser, createUser } from '../users/create-user.ts';
import type { Send } from './code-messages.ts';
import { countMessage } from './message-quotas.ts';
import { sendCountedMail } from './send-mails.ts';

export interface SignInByMail {
  /** Normalised. */
  readonly email: string;
  /** Metadata of an account that is made. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether an account may be made where there is none. */
  readonly createUser: boolean;
  readonly redirectTo: string;
  readonly challenge?: Challenge;
  readonly ip: string;
}

/**
 * Prepares the mail that signs in: a link with a code, or the first confirmation of an account that is new or was never confirmed.
 * Undefined when there is nobody to write to and no account may be made; the caller answers as if there were. Throws
 * over_email_send_rate_limit (429) alike for addresses that nobody has.
 */
export function signInByMail(context: AuthContext, given: SignInByMail): Promise<Send | undefined> {
  return onceMoreIfTaken(() => context.transaction((tx) => prepare(context, tx, given)));
}

async function prepare(context: AuthContext, tx: Session, given: SignInByMail): Promise<Send | undefined> {
  const { email, ip } = given;
  await countMessage(context, tx, { channel: 'email', purpose: 'recovery', address: email, ip });
  const found = await findUserByEmail(tx, email, { lock: true });
  const mayCreate = given.createUser && context.settings.enableSignup;
  if (!found && !mayCreate) return undefined;
  const user = found ?? (await create(context, tx, given));
  const mail = { user, ip, redirectTo: given.redirectTo, challenge: given.challenge };
  if (!user.email_confirmed_at && context.settings.email.enableConfirmations) {
    await audit(tx, user, 'user_confirmation_requested', { ip, traits: { provider: 'email' } });
    return sendCountedMail.confirmation(context, tx, mail);
  }
  const confirmed = user.email_confirmed_at ? user : await confirmUser(context, tx, user, { emailConfirmed: true });
  await audit(tx, confirmed, 'user_recovery_requested', { ip });
  return sendCountedMail.magicLink(context, tx, { ...mail, user: confirmed });
}

async function create(context: AuthContext, tx: Session, { email, data, ip }: SignInByMail): Promise<UserRow> {
  const emailConfirmed = !context.settings.email.enableConfirmations;
  const user = await createUser(context, tx, {
    email,
    provider: 'email',
    userMetadata: data,
    selfSignUp: true,
    emailConfirmed,
    ip,
  });
  if (emailConfirmed) await audit(tx, user, 'user_signedup', { ip, traits: { provider: 'email' } });
  return user;
}

/** Two requests for one new address: the slower one finds the account that the faster one made. */
export async function onceMoreIfTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthError && error.code === 'user_already_exists') return work();
    throw error;
  }
}
