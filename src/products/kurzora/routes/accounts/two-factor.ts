import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { SignedIn } from '../../accounts/contract.ts';
import {
  endFactor,
  type Factor,
  looksLikeRecovery,
  newRecoveryCodes,
  redeemRecovery,
  totpOf,
  verifyFactor,
} from '../../accounts/second-factor.ts';
import { noteEvent } from '../../accounts/security-events.ts';
import { bearerOf, signedIn } from '../../accounts/sign-in.ts';
import type { KurzoraServices } from '../../services.ts';

type Context = Pick<RouteContext<KurzoraServices>, 'services' | 'client' | 'headers'>;

async function ownFactors({ services, client, headers }: Context): Promise<Factor[]> {
  return totpOf((await withAccounts(accountsOf(services).user(client, bearerOf({ headers })))) as never);
}

const enable = {
  response: Type.Object({ factorId: Type.String(), secret: Type.String(), uri: Type.String(), qrCode: Type.String() }),
};

export const enableTwoFactorRoute = defineRoute<KurzoraServices, typeof enable>({
  method: 'POST',
  url: '/api/v1/user/security/2fa/enable',
  scope: 'signed-in',
  summary: 'Begins a second factor: the secret goes into an authenticator, its code to 2fa/verify',
  schema: enable,
  async handle(context) {
    const accounts = accountsOf(context.services);
    const token = bearerOf(context);
    for (const { id, status } of await ownFactors(context)) {
      assertOr(status !== 'verified', 'CONFLICT', 'There is a second factor already');
      await withAccounts(accounts.ask(context.client, { method: 'DELETE', path: `/factors/${id}`, token }));
    }
    const body = { factor_type: 'totp', friendly_name: 'Kurzora', issuer: 'Kurzora' };
    const made = (await withAccounts(
      accounts.ask(context.client, { method: 'POST', path: '/factors', token, body }),
    )) as { id: string; totp: { secret: string; uri: string; qr_code: string } };
    return { factorId: made.id, secret: made.totp.secret, uri: made.totp.uri, qrCode: made.totp.qr_code };
  },
});

const Text = Type.Union([Type.String(), Type.Null()]);
const Code = Type.Object({ code: Type.String({ minLength: 6, maxLength: 20 }) });
const verify = {
  body: Code,
  response: Type.Object({
    ...SignedIn.properties,
    /** Shown this once; each signs in once in place of a code, and then the second factor is off. */
    recoveryCodes: Type.Array(Type.String()),
  }),
};

export const verifyTwoFactorRoute = defineRoute<KurzoraServices, typeof verify>({
  method: 'POST',
  url: '/api/v1/user/security/2fa/verify',
  scope: 'signed-in',
  summary: 'Shows a code: from then on every sign-in asks for one. Answers with the tokens the session goes on with',
  schema: verify,
  async handle(context) {
    const userId = caller(context);
    const factor = (await ownFactors(context)).find(({ status }) => status !== 'verified');
    assertOr(factor, 'NOT_FOUND', 'there is no second factor to verify');
    const given = { token: bearerOf(context), factorId: factor.id, code: context.body.code };
    const session = await verifyFactor(context, given);
    await context.project.database.asService((tx) => noteEvent(tx, context, { userId, type: 'two_factor_enabled' }));
    return { ...(await signedIn(context, session)), recoveryCodes: await newRecoveryCodes(context, userId) };
  },
});

const done = {
  body: Code,
  response: Type.Object({
    twoFactorEnabled: Type.Boolean(),
    /** The tokens the session goes on with; null where those of before still hold (a recovery code was given). */
    accessToken: Text,
    refreshToken: Text,
  }),
};

export const disableTwoFactorRoute = defineRoute<KurzoraServices, typeof done>({
  method: 'POST',
  url: '/api/v1/user/security/2fa/disable',
  scope: 'signed-in',
  summary: 'Ends the second factor, with a code of it or a recovery code',
  schema: done,
  async handle(context) {
    const userId = caller(context);
    const factor = (await ownFactors(context)).find(({ status }) => status === 'verified');
    assertOr(factor, 'NOT_FOUND', 'there is no second factor');
    const { code } = context.body;
    const token = bearerOf(context);
    const session = looksLikeRecovery(code)
      ? await redeemRecovery(context, userId, code)
      : await verifyFactor(context, { token, factorId: factor.id, code });
    await endFactor(context, userId, factor.id);
    await context.project.database.asService((tx) => noteEvent(tx, context, { userId, type: 'two_factor_disabled' }));
    return {
      twoFactorEnabled: false,
      accessToken: session?.access_token ?? null,
      refreshToken: session?.refresh_token ?? null,
    };
  },
});
