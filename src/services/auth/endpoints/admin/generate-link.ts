import { type Static, Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { emailExists, passwordHashOf, SERVICE_ACTOR } from '../../admin/admin-user.ts';
import { type IssuedCode, issueCode } from '../../codes/issue-code.ts';
import { type LinkType, verifyLink } from '../../codes/mail-link.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { normaliseEmail } from '../../rules/addresses.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { audit } from '../../store/audit.ts';
import type { CodeType } from '../../store/one-time-tokens.ts';
import { findUserByEmail, mergedMetadata, type UserColumns, type UserRow, updateUser } from '../../store/users.ts';
import { assertStrongPassword } from '../../tokens/weak-password.ts';
import { createUser } from '../../users/create-user.ts';
import { userBody } from '../../users/user-body.ts';

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({
  type: text,
  email: text,
  new_email: text,
  password: text,
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  redirect_to: text,
});
type Request = AuthRequest<Static<typeof Body>>;

/** POST /admin/generate_link: what a mail would carry, for those who send their own. Nothing is sent. */
export const generateLink = endpoint('POST', '/admin/generate_link', 'admin', Body, async (context, request) => {
  const email = normaliseEmail(request.body.email);
  const passwordHash = request.body.type === 'signup' ? await signupPassword(context, request) : undefined;
  const redirectTo = redirectOf(context.settings, request);
  const body = await context.transaction(async (tx) => {
    const user = await findUserByEmail(tx, email, { lock: true });
    const made = await linkFor(context, tx, { request, email, passwordHash, user });
    return {
      ...(await userBody(tx, made.user)),
      action_link: verifyLink(context, { type: made.link, tokenHash: made.issued.tokenHash, redirectTo }),
      email_otp: made.issued.code,
      hashed_token: made.issued.tokenHash,
      verification_type: made.type,
      redirect_to: redirectTo,
    };
  });
  return { status: 200, body };
});

async function signupPassword(context: AuthContext, request: Request): Promise<string | undefined> {
  const { password } = request.body;
  const known = await context.transaction((tx) => findUserByEmail(tx, normaliseEmail(request.body.email)));
  if (known) return undefined;
  if (!password) throw validationFailed('Signup requires a valid password');
  await assertStrongPassword(context, password);
  return passwordHashOf({ password });
}

interface Wanted {
  readonly request: Request;
  readonly email: string;
  readonly passwordHash: string | undefined;
  readonly user: UserRow | undefined;
}

interface Made {
  readonly user: UserRow;
  readonly issued: IssuedCode;
  readonly link: LinkType;
  /** As the answer names it. */
  readonly type: string;
}

/** A link that signs in makes the account where there is none; a link about an account needs one. */
function linkFor(context: AuthContext, tx: Session, wanted: Wanted): Promise<Made> {
  const type = wanted.request.body.type ?? '';
  switch (type) {
    case 'magiclink':
      return wanted.user ? recoveryLink(context, tx, wanted, wanted.user, type) : signupLink(context, tx, wanted);
    case 'recovery':
      return recoveryLink(context, tx, wanted, known(wanted), type);
    case 'signup':
      return signupLink(context, tx, wanted);
    case 'invite':
      return inviteLink(context, tx, wanted);
    case 'email_change_current':
    case 'email_change_new':
      return emailChangeLink(context, tx, wanted, known(wanted), type);
    default:
      throw validationFailed(`Invalid email action link type requested: ${type}`);
  }
}

function known({ user }: Wanted): UserRow {
  if (user) return user;
  throw new AuthError(404, 'user_not_found', 'User with this email not found');
}

async function recoveryLink(
  context: AuthContext,
  tx: Session,
  { request }: Wanted,
  user: UserRow,
  type: 'magiclink' | 'recovery',
): Promise<Made> {
  await audit(tx, SERVICE_ACTOR, 'user_recovery_requested', traits(request, user));
  const issued = await issue(context, tx, user, 'recovery_token', user.email!);
  const noted = await updateUser(tx, user.id, { recovery_sent_at: new Date(context.now()) });
  return { user: noted, issued, link: type, type };
}

async function signupLink(context: AuthContext, tx: Session, wanted: Wanted): Promise<Made> {
  const { data } = wanted.request.body;
  if (wanted.user?.email_confirmed_at) throw emailExists();
  const user = wanted.user ?? (await newAccount(context, tx, wanted));
  return confirmation(context, tx, user, 'signup', {
    ...(wanted.user && data && { raw_user_meta_data: mergedMetadata(wanted.user.raw_user_meta_data, data) }),
  });
}

async function inviteLink(context: AuthContext, tx: Session, wanted: Wanted): Promise<Made> {
  if (wanted.user?.email_confirmed_at) throw emailExists();
  const user = wanted.user ?? (await newAccount(context, tx, wanted));
  await audit(tx, SERVICE_ACTOR, 'user_invited', traits(wanted.request, user));
  return confirmation(context, tx, user, 'invite', { invited_at: new Date(context.now()) });
}

async function confirmation(
  context: AuthContext,
  tx: Session,
  user: UserRow,
  type: 'signup' | 'invite',
  columns: Partial<UserColumns>,
): Promise<Made> {
  const issued = await issue(context, tx, user, 'confirmation_token', user.email!);
  const noted = await updateUser(tx, user.id, { confirmation_sent_at: new Date(context.now()), ...columns });
  return { user: noted, issued, link: type, type };
}

async function emailChangeLink(
  context: AuthContext,
  tx: Session,
  { request }: Wanted,
  user: UserRow,
  type: 'email_change_current' | 'email_change_new',
): Promise<Made> {
  const current = type === 'email_change_current';
  if (current && !context.settings.email.doubleConfirmChanges)
    throw validationFailed('Enable secure email change to generate link for current email');
  const email = normaliseEmail(request.body.new_email);
  const other = await findUserByEmail(tx, email);
  if (other && other.id !== user.id) throw emailExists();
  const issued = current
    ? await issue(context, tx, user, 'email_change_token_current', user.email!)
    : await issue(context, tx, user, 'email_change_token_new', email);
  const noted = await updateUser(tx, user.id, {
    email_change: email,
    email_change_sent_at: new Date(context.now()),
    email_change_confirm_status: 0,
  });
  return { user: noted, issued, link: 'email_change', type };
}

function newAccount(context: AuthContext, tx: Session, { request, email, passwordHash }: Wanted): Promise<UserRow> {
  const { body, ip } = request;
  return createUser(context, tx, {
    email,
    ...(passwordHash && { passwordHash }),
    provider: 'email',
    userMetadata: body.data ?? {},
    ip,
  });
}

const issue = (context: AuthContext, tx: Session, user: UserRow, type: CodeType, relatesTo: string) =>
  issueCode(context, tx, { user, type, relatesTo, length: context.settings.email.otpLength });

const traits = ({ ip }: Request, user: UserRow) => ({
  ip,
  traits: { user_id: user.id, user_email: user.email ?? '', user_phone: user.phone ?? '' },
});
