/** For tests: Kurzora's routes over a real account service and storage, mails in the inbox. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RateLimits } from '#kernel/http/rate-limit.ts';
import { createLog } from '#kernel/log.ts';
import { type Auth, authSettings, openAuth } from '#services/auth/api.ts';
import { openPayments } from '#services/payments/api.ts';
import { configTable, projectKeys } from '#services/project-folder/api.ts';
import { openStorage, type Storage, storageSettings } from '#services/storage/api.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { type TestServer, testServer } from '../../../../test/server.ts';
import { kurzora } from '../product.ts';

/** The one of test/server.ts: tokens of the account service must hold there. */
const JWT_SECRET = 'a secret of the tests, 32 characters long';

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every route, looked into by tests.
  readonly body: any;
  readonly headers: Headers;
}

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, but for bytes and forms. */
  readonly body?: unknown;
}

export interface TestAccounts extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly server: TestServer;
  readonly auth: Auth;
  readonly storage: Storage;
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
  /** A new customer and his tokens. */
  registered(email: string): Promise<{ id: string; email: string; accessToken: string; refreshToken: string }>;
}

export const PASSWORD = 'Correct-Horse-1';

export async function testAccounts(
  now: () => number = Date.now,
  limits: RateLimits | null = null,
  confirmEmail = false,
): Promise<TestAccounts> {
  const db = await testDatabase({ migrations: kurzora.migrations });
  const keys = projectKeys({}, '', JWT_SECRET);
  const table = configTable(
    {
      auth: {
        ...{ site_url: 'http://127.0.0.1:3000', jwt_expiry: 900, minimum_password_length: 8 },
        email: { enable_confirmations: confirmEmail },
        mfa: { totp: { enroll_enabled: true, verify_enabled: true } },
      },
    },
    'the test',
  );
  const said = authSettings(table, { externalUrl: () => 'http://127.0.0.1/auth/v1', production: false });
  const sessions = { ...said.sessions, maximum: 5 };
  const settings = {
    ...{ ...said, sessions, roleBeforeSecondFactor: 'anon' },
    signUpWithoutSession: (data: object) => 'created_by_admin' in data,
  };
  const auth = openAuth({ services: db.services, settings, keys, log: createLog('error') });
  const payments = openPayments({ mode: 'development', stripeMode: 'fake', stripeUrl: '' } as never, now);
  const folder = await mkdtemp(join(tmpdir(), 'freehold-accounts-'));
  const storage = await openStorage({
    ...{ services: db.services, folder, settings: storageSettings(configTable({}, 'the test')) },
    ...{ signingSecret: JWT_SECRET, log: createLog('error'), publicUrl: () => 'http://127.0.0.1' },
    verify: () => Promise.reject(new Error('this test asks by the product')),
  });
  const services = { payments, accounts: auth.accounts, adminToken: keys.serviceRoleKey, files: storage.files };
  const keysOf = kurzora.keys as never;
  const server = await testServer(db, kurzora.routes as never, { services, limits, now, keys: keysOf });
  const call: TestAccounts['call'] = async (method, path, { token, headers, body } = {}) => {
    const sent = body === undefined || body instanceof Uint8Array || body instanceof FormData;
    const response = await fetch(`${server.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(!sent && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: sent ? ((body as BodyInit | undefined) ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null, headers: response.headers };
  };
  return {
    ...{ db, server, auth, storage, call },
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
      await storage.close();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
