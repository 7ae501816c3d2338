import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { audit } from '../store/audit.ts';
import { findUserByPhone, type UserRow } from '../store/users.ts';
import { confirmUser, createUser } from '../users/create-user.ts';
import type { Send } from './code-messages.ts';
import { countMessage, type MessageQuota, uncountMessage } from './message-quotas.ts';
import { sendPhoneConfirmation } from './send-texts.ts';
import { onceMoreIfTaken } from './sign-in-by-mail.ts';

export interface SignInByText {
  /** E.164 without plus. */
  readonly phone: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether an account may be made where there is none. */
  readonly createUser: boolean;
  readonly channel: 'sms' | 'whatsapp';
  readonly ip: string;
  /** Instead of the project's quotas. */
  readonly quota?: Pick<MessageQuota, 'gapSeconds' | 'most'>;
}

/**
 * Prepares the text message that signs in or confirms a new number. Undefined when there is nobody to write to and no account may
 * be made. Throws over_sms_send_rate_limit (429) alike for numbers that nobody has. A message that no vendor took does not count.
 */
export async function signInByText(context: AuthContext, given: SignInByText): Promise<Send | undefined> {
  const quota: MessageQuota = {
    channel: 'sms',
    purpose: 'confirmation',
    address: given.phone,
    ip: given.ip,
    ...given.quota,
  };
  const send = await onceMoreIfTaken(() => context.transaction((tx) => prepare(context, tx, given, quota)));
  if (!send) return undefined;
  return async () => {
    try {
      return await send();
    } catch (error) {
      await context.transaction((tx) => uncountMessage(context, tx, quota));
      throw error;
    }
  };
}

async function prepare(
  context: AuthContext,
  tx: Session,
  given: SignInByText,
  quota: MessageQuota,
): Promise<Send | undefined> {
  const { phone, ip, channel } = given;
  await countMessage(context, tx, quota);
  const found = await findUserByPhone(tx, phone, { lock: true });
  const mayCreate = given.createUser && context.settings.enableSignup;
  if (!found && !mayCreate) return undefined;
  const atOnce = !context.settings.sms.enableConfirmations;
  const user = found ?? (await create(context, tx, given, atOnce));
  const known =
    user.phone_confirmed_at || !atOnce ? user : await confirmUser(context, tx, user, { phoneConfirmed: true });
  const action = known.phone_confirmed_at ? 'user_recovery_requested' : 'user_confirmation_requested';
  await audit(tx, known, action, { ip, traits: { provider: 'phone' } });
  return sendPhoneConfirmation(context, tx, { user: known, ip, channel, counted: true });
}

async function create(
  context: AuthContext,
  tx: Session,
  { phone, data, ip }: SignInByText,
  phoneConfirmed: boolean,
): Promise<UserRow> {
  const user = await createUser(context, tx, {
    phone,
    provider: 'phone',
    userMetadata: data,
    selfSignUp: true,
    phoneConfirmed,
    ip,
  });
  if (phoneConfirmed) await audit(tx, user, 'user_signedup', { ip, traits: { provider: 'phone' } });
  return user;
}
