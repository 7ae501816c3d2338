import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { Send } from '../codes/code-messages.ts';
import { countMessage } from '../codes/message-quotas.ts';
import { sendCountedMail } from '../codes/send-mails.ts';
import { sendPhoneConfirmation } from '../codes/send-texts.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { Challenge } from '../flows/challenge.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { issueSession, type SessionBody } from '../sessions/issue-session.ts';
import { audit } from '../store/audit.ts';
import { findUser, findUserByEmail, findUserByPhone, type UserRow, updateUser } from '../store/users.ts';
import { hashPassword } from '../tokens/passwords.ts';
import { createUser } from './create-user.ts';
import { type UserBody, userBody, userJson } from './user-body.ts';

/** Where the person can be reached, normalised; `confirmed` when the project takes her word for it. */
export interface Address {
  readonly kind: 'email' | 'phone';
  readonly value: string;
  readonly confirmed: boolean;
}

export interface SignUp {
  readonly address: Address;
  readonly password: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly redirectTo: string;
  readonly challenge?: Challenge;
  readonly channel: 'sms' | 'whatsapp';
}

type Asking = Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>;

interface Outcome {
  readonly body: SessionBody | UserBody;
  readonly send?: Send;
}

/**
 * A session where addresses count as confirmed at once; else a user whose message is under way. Whoever asks for an address that
 * somebody has is answered like everybody, with a user that is nobody; user_already_exists (422) only where there is no message.
 */
export async function signUpWithAddress(
  context: AuthContext,
  request: Asking,
  given: SignUp,
): Promise<SessionBody | UserBody> {
  if (!given.address.confirmed) context.limits.roomForMessage(given.address.kind === 'email' ? 'email' : 'sms');
  const passwordHash = await hashPassword(given.password);
  const attempt = () => context.transaction((tx) => register(context, tx, request, given, passwordHash));
  const { body, send } = await attempt().catch((error: unknown) => {
    const lostRace = error instanceof AuthError && error.code === 'user_already_exists';
    if (lostRace && !given.address.confirmed) return { body: nobody(context, given), send: undefined };
    throw error;
  });
  if (send) context.outbox.later('send a confirmation', send);
  return body;
}

async function register(
  context: AuthContext,
  tx: Session,
  request: Asking,
  given: SignUp,
  passwordHash: string,
): Promise<Outcome> {
  const { kind, value, confirmed } = given.address;
  if (!confirmed) await count(context, tx, given.address, request.ip);
  const found = kind === 'email' ? await findUserByEmail(tx, value, { lock: true }) : await findUserByPhone(tx, value);
  const taken = kind === 'email' ? found?.email_confirmed_at : found?.phone_confirmed_at;
  if (taken && confirmed) throw new AuthError(422, 'user_already_exists', 'User already registered');
  if (taken) {
    await audit(tx, found as UserRow, 'user_repeated_signup', { ip: request.ip, traits: { provider: kind } });
    return { body: nobody(context, given) };
  }
  const user = found ?? (await create(context, tx, request, given, passwordHash));
  if (confirmed && !found && context.settings.signUpWithoutSession?.(given.data))
    return { body: await userBody(tx, user) };
  if (confirmed)
    return {
      body: await signIn(
        context,
        tx,
        request,
        given,
        found ? await claim(context, tx, found, given, passwordHash) : user,
      ),
    };
  await audit(tx, user, 'user_confirmation_requested', { ip: request.ip, traits: { provider: kind } });
  const send = await prepare(context, tx, request, given, user);
  if (found) return { body: nobody(context, given), send };
  return { body: await userBody(tx, (await findUser(tx, user.id)) as UserRow), send };
}

function create(
  context: AuthContext,
  tx: Session,
  request: Asking,
  { address: { kind, value, confirmed }, data }: SignUp,
  passwordHash: string,
): Promise<UserRow> {
  return createUser(context, tx, {
    [kind]: value,
    provider: kind,
    passwordHash,
    userMetadata: data,
    emailConfirmed: kind === 'email' && confirmed,
    phoneConfirmed: kind === 'phone' && confirmed,
    selfSignUp: true,
    ip: request.ip,
  });
}

/** An account that nobody had confirmed, in a project that asks for no confirmation: it goes to who comes now. */
function claim(
  context: AuthContext,
  tx: Session,
  user: UserRow,
  { address, data }: SignUp,
  passwordHash: string,
): Promise<UserRow> {
  const at = new Date(context.now());
  return updateUser(tx, user.id, {
    encrypted_password: passwordHash,
    raw_user_meta_data: { ...user.raw_user_meta_data, ...data },
    ...(address.kind === 'email' ? { email_confirmed_at: at } : { phone_confirmed_at: at }),
  });
}

async function signIn(
  context: AuthContext,
  tx: Session,
  request: Asking,
  { address }: SignUp,
  user: UserRow,
): Promise<SessionBody> {
  const traits = { provider: address.kind };
  await audit(tx, user, 'user_signedup', { ip: request.ip, traits });
  await audit(tx, user, 'login', { ip: request.ip, traits });
  return issueSession(context, tx, { user, method: 'password', request });
}

/** Counted before it is known whether there will be a message: a refusal tells nothing. */
const count = (context: AuthContext, tx: Session, { kind, value }: Address, ip: string): Promise<void> =>
  countMessage(context, tx, {
    channel: kind === 'email' ? 'email' : 'sms',
    purpose: 'confirmation',
    address: value,
    ip,
  });

function prepare(
  context: AuthContext,
  tx: Session,
  { ip }: Asking,
  { address, redirectTo, challenge, channel }: SignUp,
  user: UserRow,
): Promise<Send> {
  return address.kind === 'email'
    ? sendCountedMail.confirmation(context, tx, { user, ip, redirectTo, challenge })
    : sendPhoneConfirmation(context, tx, { user, ip, channel, counted: true });
}

/** A user as a first sign-up would have made it, of nobody. */
function nobody(context: AuthContext, { address: { kind, value }, data }: SignUp): UserBody {
  const at = new Date(context.now());
  const id = randomUUID();
  const claims = { ...data, sub: id, [kind]: value, email_verified: false, phone_verified: false };
  const dates = { last_sign_in_at: at, created_at: at, updated_at: at };
  return userJson(
    {
      id,
      aud: 'authenticated',
      role: 'authenticated',
      [kind]: value,
      confirmation_sent_at: at,
      raw_app_meta_data: { provider: kind, providers: [kind] },
      raw_user_meta_data: claims,
      created_at: at,
      updated_at: at,
    },
    [
      {
        id: randomUUID(),
        provider_id: id,
        user_id: id,
        identity_data: claims,
        provider: kind,
        email: kind === 'email' ? value : null,
        ...dates,
      },
    ],
    [],
  );
}
