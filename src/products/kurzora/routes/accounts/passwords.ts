import Type from 'typebox';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { AuthError, type SessionBody } from '#services/auth/api.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { Email, Password, Token } from '../../accounts/contract.ts';
import { assertPassword } from '../../accounts/password-rule.ts';
import { openReset } from '../../accounts/reset-password.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { assertNotLocked, bearerOf } from '../../accounts/sign-in.ts';
import { forgetTries } from '../../queries/accounts.ts';
import type { KurzoraServices } from '../../services.ts';

const Done = Type.Object({ message: Type.String() });
const address = { body: Type.Object({ email: Email }), response: Done };
const SENT = { message: 'If there is such an account, a message is on its way' };

export const forgotPasswordRoute = defineRoute<KurzoraServices, typeof address>({
  method: 'POST',
  url: '/api/v1/auth/forgot-password',
  scope: 'public',
  summary: 'Sends a link to a new password; the answer is the same for everybody',
  schema: address,
  async handle(context) {
    const { body, client, services } = context;
    const email = body.email.trim().toLowerCase();
    await sameForAll(accountsOf(services).recover(client, { email, redirectTo: pageOf(context, '/reset-password') }));
    return SENT;
  },
});

export const resendVerificationRoute = defineRoute<KurzoraServices, typeof address>({
  method: 'POST',
  url: '/api/v1/auth/resend-verification',
  scope: 'public',
  summary: 'Sends the confirmation again; the answer is the same for everybody',
  schema: address,
  async handle({ body, client, services }) {
    const again = { type: 'signup', email: body.email.trim().toLowerCase() };
    await sameForAll(accountsOf(services).ask(client, { method: 'POST', path: '/resend', body: again }));
    return SENT;
  },
});

/** A page of the site that was asked; the account service takes no address of another host than the site's. */
function pageOf(
  { project, headers }: Pick<RouteContext<KurzoraServices>, 'project' | 'headers'>,
  path: string,
): string {
  const { publicUrl } = project.config;
  return `${publicUrl ?? `http://${headers['host']}`}${path}`;
}

/**
 * Too many of them is said where it depends on the caller. Whatever else is wrong with an address is not, nor that it was written to
 * within the last minute: only an account's is, by its sign-up.
 */
async function sameForAll(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const told = !(error instanceof AuthError) || error.status >= 500 || (error.status === 429 && !justWritten(error));
    if (told) await withAccounts(Promise.reject(error));
  }
}

const justWritten = ({ code, retryAfter = 0 }: AuthError) => code === 'over_email_send_rate_limit' && retryAfter <= 60;

const reset = {
  body: Type.Object({
    token: Token,
    password: Password,
    twoFactorCode: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  response: Done,
};

export const resetPasswordRoute = defineRoute<KurzoraServices, typeof reset>({
  method: 'POST',
  url: '/api/v1/auth/reset-password',
  scope: 'public',
  summary:
    'A new password with the token of the mail; every session ends. With a second factor its code, too: TWO_FACTOR_REQUIRED then brings, as details.token, the token to go on with',
  schema: reset,
  async handle(context) {
    const { body, client, services, project } = context;
    assertPassword(body.password);
    const accounts = accountsOf(services);
    const { token, userId } = await openReset(context, body);
    await withAccounts(accounts.updateUser(client, token, { password: body.password }));
    await withAccounts(accounts.logOut(client, token, 'global'));
    await project.database.asService((session) => noteEvent(session, context, { userId, type: 'password_reset' }));
    return { message: 'The password is changed: sign in with it' };
  },
});

const change = { body: Type.Object({ currentPassword: Password, newPassword: Password }), response: Done };

export const changePasswordRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'POST',
  url: '/api/v1/auth/change-password',
  scope: 'signed-in',
  summary: 'Another password for who knows the present one; other sessions end',
  schema: change,
  async handle(context) {
    const { currentPassword, newPassword } = context.body;
    assertPassword(newPassword);
    const { services, client, project } = context;
    const userId = caller(context);
    await assertNotLocked(context, 'change-password', userId);
    const changes = { password: newPassword, current_password: currentPassword };
    await withAccounts(accountsOf(services).updateUser(client, bearerOf(context), changes));
    await project.database.asService(async (session) => {
      await forgetTries(session, 'change-password', userId);
      await noteEvent(session, context, { userId, type: 'password_changed' });
    });
    return { message: 'The password is changed' };
  },
});

const verify = { body: Type.Object({ token: Token }), response: Type.Object({ verified: Type.Boolean() }) };

export const verifyEmailRoute = defineRoute<KurzoraServices, typeof verify>({
  method: 'POST',
  url: '/api/v1/auth/verify-email',
  scope: 'public',
  summary: 'Confirms the address with the token of the mail; sign in afterwards',
  schema: verify,
  async handle({ body, client, services }) {
    const accounts = accountsOf(services);
    const token = { type: 'signup', token_hash: body.token };
    const session = (await withAccounts(
      accounts.ask(client, { method: 'POST', path: '/verify', body: token }),
    )) as SessionBody;
    if (session.access_token) await withAccounts(accounts.logOut(client, session.access_token, 'local'));
    return { verified: true };
  },
});
