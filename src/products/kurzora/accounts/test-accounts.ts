/** For tests: the routes of accounts, billing and staff over a real account service, mails in its inbox. */
import { createLog } from '#kernel/log.ts';
import { type Auth, authSettings, openAuth } from '#services/auth/api.ts';
import { openPayments } from '#services/payments/api.ts';
import { configTable, projectKeys } from '#services/project-folder/api.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { type TestServer, testServer } from '../../../../test/server.ts';
import { kurzora } from '../product.ts';
import { accountRoutes } from '../routes/accounts/list.ts';
import { adminRoutes } from '../routes/admin/list.ts';
import { billingRoutes } from '../routes/billing/list.ts';

/** The one of test/server.ts: tokens of the account service must hold there. */
const JWT_SECRET = 'a secret of the tests, 32 characters long';

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route, looked into by tests.
  readonly body: any;
  readonly headers: Headers;
}

export interface TestAccounts extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly server: TestServer;
  readonly auth: Auth;
  call(method: string, path: string, options?: { token?: string; body?: unknown }): Promise<Answered>;
  /** A new customer and his tokens. */
  registered(email: string): Promise<{ id: string; email: string; accessToken: string; refreshToken: string }>;
}

export const PASSWORD = 'Correct-Horse-1';

export async function testAccounts(now: () => number = Date.now): Promise<TestAccounts> {
  const db = await testDatabase({ migrations: kurzora.migrations });
  const keys = projectKeys({}, '', JWT_SECRET);
  const table = configTable(
    {
      auth: {
        ...{ site_url: 'http://127.0.0.1:3000', jwt_expiry: 900, minimum_password_length: 8 },
        mfa: { totp: { enroll_enabled: true, verify_enabled: true } },
      },
    },
    'the test',
  );
  const said = authSettings(table, { externalUrl: () => 'http://127.0.0.1/auth/v1', production: false });
  const sessions = { ...said.sessions, maximum: 5 };
  const settings = { ...said, sessions, signUpWithoutSession: (data: object) => 'created_by_admin' in data };
  const auth = openAuth({ services: db.services, settings, keys, log: createLog('error') });
  const payments = openPayments({ mode: 'development', stripeMode: 'fake', stripeUrl: '' } as never, now);
  const services = { payments, accounts: auth.accounts, adminToken: keys.serviceRoleKey };
  const routes = [...accountRoutes, ...billingRoutes, ...adminRoutes];
  const server = await testServer(db, routes as never, { services, limits: null, now });
  const call: TestAccounts['call'] = async (method, path, { token, body } = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null, headers: response.headers };
  };
  return {
    ...{ db, server, auth, call },
    registered: async (email) => {
      const { status, body } = await call('POST', '/api/v1/auth/register', {
        body: { name: 'Ada', email, password: PASSWORD },
      });
      if (status !== 201) throw new Error(`register answered ${status}: ${JSON.stringify(body)}`);
      const { user, accessToken, refreshToken } = body.data;
      return { id: user.id, email, accessToken, refreshToken };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await auth.close();
      await db.close();
    },
  };
}
