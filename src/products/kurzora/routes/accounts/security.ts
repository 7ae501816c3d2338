import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute, type RouteContext } from '#kernel/product.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { SignedIn } from '../../accounts/contract.ts';
import { bearerOf, signedIn, verifyFactor } from '../../accounts/sign-in.ts';
import type { KurzoraServices } from '../../services.ts';

interface Factor {
  readonly id: string;
  readonly status: string;
  readonly factor_type: string;
}
type Context = Pick<RouteContext<KurzoraServices>, 'services' | 'client' | 'headers'>;

async function totpFactors({ services, client, headers }: Context): Promise<Factor[]> {
  const user = await withAccounts(accountsOf(services).user(client, bearerOf({ headers })));
  return ((user['factors'] ?? []) as Factor[]).filter(({ factor_type }) => factor_type === 'totp');
}

const get = { response: Type.Object({ twoFactorEnabled: Type.Boolean() }) };

export const getSecurityRoute = defineRoute<KurzoraServices, typeof get>({
  method: 'GET',
  url: '/api/v1/user/security',
  scope: 'signed-in',
  summary: 'Whether a second factor is asked for',
  schema: get,
  handle: async (context) => ({
    twoFactorEnabled: (await totpFactors(context)).some(({ status }) => status === 'verified'),
  }),
});

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
    for (const { id, status } of await totpFactors(context)) {
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

const verify = { body: Type.Object({ code: Type.String({ minLength: 6, maxLength: 20 }) }), response: SignedIn };

export const verifyTwoFactorRoute = defineRoute<KurzoraServices, typeof verify>({
  method: 'POST',
  url: '/api/v1/user/security/2fa/verify',
  scope: 'signed-in',
  summary: 'Shows a code: from then on every sign-in asks for one. Answers with the tokens the session goes on with',
  schema: verify,
  async handle(context) {
    const [factor] = await totpFactors(context);
    assertOr(factor, 'NOT_FOUND', 'there is no second factor to verify');
    const given = { token: bearerOf(context), factorId: factor.id, code: context.body.code };
    return signedIn(context, await verifyFactor(accountsOf(context.services), context.client, given));
  },
});

const done = { body: verify.body, response: get.response };

export const disableTwoFactorRoute = defineRoute<KurzoraServices, typeof done>({
  method: 'POST',
  url: '/api/v1/user/security/2fa/disable',
  scope: 'signed-in',
  summary: 'Ends the second factor, with a code of it',
  schema: done,
  async handle(context) {
    const factor = (await totpFactors(context)).find(({ status }) => status === 'verified');
    assertOr(factor, 'NOT_FOUND', 'there is no second factor');
    const accounts = accountsOf(context.services);
    const given = { token: bearerOf(context), factorId: factor.id, code: context.body.code };
    const { access_token: token } = await verifyFactor(accounts, context.client, given);
    await withAccounts(accounts.ask(context.client, { method: 'DELETE', path: `/factors/${factor.id}`, token }));
    return { twoFactorEnabled: false };
  },
});
