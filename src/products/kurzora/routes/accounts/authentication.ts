import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { AuthError } from '#services/auth/api.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { Account, Email, Password, SignedIn, Token } from '../../accounts/contract.ts';
import { assertPassword } from '../../accounts/password-rule.ts';
import { bearerOf, signedIn, signIn } from '../../accounts/sign-in.ts';
import { findAccount } from '../../queries/accounts.ts';
import { findPlan } from '../../queries/billing.ts';
import { signUpsAllowed } from '../../queries/staff.ts';
import type { KurzoraServices } from '../../services.ts';

const register = {
  body: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 255 }),
    email: Email,
    password: Password,
    planId: Type.Optional(Type.String({ maxLength: 50 })),
    referralCode: Type.Optional(Type.String({ maxLength: 100 })),
  }),
  response: SignedIn,
};

export const registerRoute = defineRoute<KurzoraServices, typeof register>({
  method: 'POST',
  url: '/api/v1/auth/register',
  scope: 'public',
  summary: 'Makes an account with profile, preferences, portfolio and watchlist; a trial of seven days begins',
  schema: register,
  status: 201,
  async handle({ body, client, services, project }) {
    assertPassword(body.password);
    const { name, planId, referralCode } = body;
    assertOr(name.trim(), 'VALIDATION_ERROR', 'name must not be empty');
    await project.database.asService(async (session) => {
      assertOr(await signUpsAllowed(session), 'FORBIDDEN', 'New accounts are not taken at the moment');
      assertOr(!planId || (await findPlan(session, planId)), 'VALIDATION_ERROR', 'there is no such plan');
    });
    const data = {
      name: name.trim(),
      ...(planId && { plan_id: planId }),
      ...(referralCode && { referral_code: referralCode }),
    };
    const email = body.email.trim().toLowerCase();
    const made = await withAccounts(accountsOf(services).signUp(client, { email, password: body.password, data }));
    if ('access_token' in made) return signedIn({ project }, made as never);
    const user = await project.database.asService((session) => findAccount(session, made.id as string));
    // Confirmation is on and the address was known: the same answer as to anybody, of a user that is nobody.
    return {
      user: user ?? nobody(made.id as string, email, data.name),
      accessToken: null,
      refreshToken: null,
      expiresIn: 0,
    };
  },
});

function nobody(id: string, email: string, name: string) {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    ...{ id, email, name, role: 'user', emailVerified: false, profilePicture: null, phone: null, language: 'en' },
    ...{ timezone: 'UTC', preferences: {}, subscription: { tier: 'starter', status: 'trial', endsAt: null } },
    ...{ createdAt: now, lastLoginAt: null },
  };
}

const login = {
  body: Type.Object({
    email: Email,
    password: Password,
    rememberMe: Type.Optional(Type.Boolean()),
    twoFactorCode: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  response: SignedIn,
};

export const loginRoute = defineRoute<KurzoraServices, typeof login>({
  method: 'POST',
  url: '/api/v1/auth/login',
  scope: 'public',
  summary: 'Signs in; sessions end after 7 days, remembered ones after 30, and a sixth ends the oldest',
  schema: login,
  handle: (context) => signIn(context, context.body),
});

const refresh = { body: Type.Object({ refreshToken: Token }), response: SignedIn };

export const refreshRoute = defineRoute<KurzoraServices, typeof refresh>({
  method: 'POST',
  url: '/api/v1/auth/refresh',
  scope: 'public',
  summary: 'New tokens for a refresh token, which is used up; used again, its whole family ends',
  schema: refresh,
  async handle({ body, client, services, project }) {
    return signedIn({ project }, await withAccounts(accountsOf(services).refresh(client, body.refreshToken)));
  },
});

const done = Type.Object({ message: Type.String() });
const logout = {
  body: Type.Optional(Type.Union([Type.Object({ refreshToken: Type.Optional(Token) }), Type.Null()])),
  response: done,
};

export const logoutRoute = defineRoute<KurzoraServices, typeof logout>({
  method: 'POST',
  url: '/api/v1/auth/logout',
  scope: 'public',
  summary: 'Ends this session; says so whatever became of it',
  schema: logout,
  async handle({ body, client, services, headers }) {
    const accounts = accountsOf(services);
    try {
      const token = headers['authorization']
        ? bearerOf({ headers })
        : body?.refreshToken && (await accounts.refresh(client, body.refreshToken)).access_token;
      if (token) await accounts.logOut(client, token, 'local');
    } catch (error) {
      if (!(error instanceof AuthError) && !(error instanceof Refusal)) throw error;
    }
    return { message: 'Signed out' };
  },
});

const plain = { response: done };

export const logoutAllRoute = defineRoute<KurzoraServices, typeof plain>({
  method: 'POST',
  url: '/api/v1/auth/logout-all',
  scope: 'signed-in',
  summary: 'Ends every session of who asks',
  schema: plain,
  async handle(context) {
    await withAccounts(accountsOf(context.services).logOut(context.client, bearerOf(context), 'global'));
    return { message: 'Signed out everywhere' };
  },
});

const session = { response: Type.Object({ user: Account, expiresAt: Type.Union([Type.String(), Type.Null()]) }) };

export const sessionRoute = defineRoute<KurzoraServices, typeof session>({
  method: 'GET',
  url: '/api/v1/auth/session',
  scope: 'signed-in',
  summary: 'Who is signed in, and until when the access token holds; 401 when the session has ended',
  schema: session,
  async handle(context) {
    const { services, client, project, identity } = context;
    const { id } = await withAccounts(accountsOf(services).user(client, bearerOf(context)));
    const user = await project.database.asService((tx) => findAccount(tx, id));
    assertOr(user, 'FORBIDDEN', 'This account is closed');
    const expires = identity.claims['exp'];
    return { user, expiresAt: typeof expires === 'number' ? new Date(expires * 1000).toISOString() : null };
  },
});
