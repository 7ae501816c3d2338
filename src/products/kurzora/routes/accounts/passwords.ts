import Type from 'typebox';
import { defineRoute } from '#kernel/product.ts';
import { AuthError, type SessionBody } from '#services/auth/api.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { Email, Password, Token } from '../../accounts/contract.ts';
import { assertPassword } from '../../accounts/password-rule.ts';
import { bearerOf } from '../../accounts/sign-in.ts';
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
  async handle({ body, client, services }) {
    await sameForAll(accountsOf(services).recover(client, { email: body.email.trim().toLowerCase() }));
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

/** Too many of them is said (it depends on the caller); whatever else is wrong with an address is not. */
async function sameForAll(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AuthError) || error.status === 429 || error.status >= 500)
      await withAccounts(Promise.reject(error));
  }
}

const reset = { body: Type.Object({ token: Token, password: Password }), response: Done };

export const resetPasswordRoute = defineRoute<KurzoraServices, typeof reset>({
  method: 'POST',
  url: '/api/v1/auth/reset-password',
  scope: 'public',
  summary: 'A new password with the token of the mail; every session ends',
  schema: reset,
  async handle({ body, client, services }) {
    assertPassword(body.password);
    const accounts = accountsOf(services);
    const verify = { type: 'recovery', token_hash: body.token };
    const session = (await withAccounts(
      accounts.ask(client, { method: 'POST', path: '/verify', body: verify }),
    )) as SessionBody;
    const token = session.access_token;
    await withAccounts(accounts.updateUser(client, token, { password: body.password }));
    await withAccounts(accounts.logOut(client, token, 'global'));
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
    const changes = { password: newPassword, current_password: currentPassword };
    await withAccounts(accountsOf(context.services).updateUser(context.client, bearerOf(context), changes));
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
