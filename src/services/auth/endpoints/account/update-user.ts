import { type Static, Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { CHALLENGE_FIELDS, readChallenge } from '../../flows/challenge.ts';
import { type AuthRequest, endpoint, type SignedIn } from '../../http/endpoint.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { audit } from '../../store/audit.ts';
import { factorsOf } from '../../store/factors.ts';
import { findUser, mergedMetadata, type UserRow, updateUser as updateRow } from '../../store/users.ts';
import { changeEmail, changePhone } from '../../users/change-address.ts';
import { type NewPassword, preparePassword, storePassword } from '../../users/change-password.ts';
import { userBody } from '../../users/user-body.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Fields = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]));
const Body = Type.Object({
  email: Text,
  phone: Text,
  password: Text,
  current_password: Text,
  nonce: Text,
  channel: Text,
  data: Fields,
  app_metadata: Fields,
  ...CHALLENGE_FIELDS,
});
type Request = AuthRequest<Static<typeof Body>>;

interface Wanted {
  /** Absent when it is what the user has. */
  readonly email?: string;
  readonly phone?: string;
  readonly password?: NewPassword;
}

/** PUT /user: metadata at once; a password ends the other sessions; an address or number is the user's once it is confirmed. */
export const updateUser = endpoint('PUT', '/user', 'user', Body, async (context, request, caller) => {
  const wanted = await check(context, request, caller);
  const { body, later } = await context.transaction(async (tx) => {
    let user = (await findUser(tx, caller.user.id, { lock: true })) as UserRow;
    const sends = [];
    if (wanted.password) user = await storePassword(context, tx, caller, request, wanted.password);
    if (request.body.data)
      user = await updateRow(tx, user.id, {
        raw_user_meta_data: mergedMetadata(user.raw_user_meta_data, request.body.data),
      });
    const asking = {
      ip: request.ip,
      redirectTo: redirectOf(context.settings, request),
      challenge: readChallenge(request.body),
      channel: request.body.channel === 'whatsapp' ? ('whatsapp' as const) : ('sms' as const),
    };
    if (wanted.email) sends.push(await changeEmail(context, tx, { ...asking, user, email: wanted.email }));
    if (wanted.phone) sends.push(await changePhone(context, tx, { ...asking, user, phone: wanted.phone }));
    await audit(tx, user, 'user_modified', { ip: request.ip });
    return { body: await userBody(tx, (await findUser(tx, user.id)) as UserRow), later: sends };
  });
  for (const send of later) await send();
  if (wanted.password) notifyOfPassword(context, caller.user);
  return { status: 200, body };
});

async function check(context: AuthContext, request: Request, caller: SignedIn): Promise<Wanted> {
  const { user } = caller;
  const { body } = request;
  const email = body.email ? normaliseEmail(body.email) : undefined;
  const phone = body.phone ? normalisePhone(body.phone) : undefined;
  if (body.app_metadata) throw new AuthError(403, 'not_admin', 'Updating app_metadata requires admin privileges');
  if (user.is_sso_user && (email || phone || body.password || body.nonce))
    throw new AuthError(
      422,
      'user_sso_managed',
      'Updating email, phone, password of a SSO account only possible via SSO',
    );
  if (user.is_anonymous && body.password && !email && !phone)
    throw new AuthError(
      422,
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
    );
  if (email || phone || body.password) await assertSecondFactor(context, caller);
  return {
    email: email === user.email ? undefined : email,
    phone: phone === user.phone ? undefined : phone,
    password:
      typeof body.password === 'string' ? await preparePassword(context, request, caller, body.password) : undefined,
  };
}

/** Who has a second factor shows it before what he signs in with changes. */
async function assertSecondFactor(context: AuthContext, { user, session }: SignedIn): Promise<void> {
  if (!session || session.aal === 'aal2') return;
  const factors = await context.transaction((tx) => factorsOf(tx, user.id), { readOnly: true });
  if (factors.some((factor) => factor.status === 'verified'))
    throw new AuthError(
      401,
      'insufficient_aal',
      'AAL2 session is required to update email or password when MFA is enabled.',
    );
}

function notifyOfPassword(context: AuthContext, user: UserRow): void {
  const { email } = user;
  if (email)
    context.outbox.later('say that a password changed', () =>
      context.outbox.mail({ kind: 'password_changed', to: email, user }),
    );
}
