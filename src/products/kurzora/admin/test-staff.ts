/** For tests: the staff's and the public's routes on a running server, over two days of two stocks. */
import type { Route } from '#kernel/product.ts';
import { type TestServer, testServer } from '../../../../test/server.ts';
import { adminRoutes } from '../routes/admin/list.ts';
import { listSignalsRoute } from '../routes/list-signals.ts';
import { testCustomer } from '../test-customer.ts';
import { type TestMarket, testMarket } from '../test-market.ts';

export const NOW = Date.parse('2022-06-07T20:00:00Z');
const BARS = `symbol,date,open,high,low,close,volume
AAA,2022-06-06,100,100,100,100,1000
AAA,2022-06-07,100,102,100,102,1000
BBB,2022-06-06,50,51,49,50,1000
BBB,2022-06-07,50,51,49,50,1000`;

// biome-ignore lint/suspicious/noExplicitAny: the body as it came; each test says what it expects of it.
export type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: any }>;

export interface TestStaff extends AsyncDisposable {
  readonly market: TestMarket;
  readonly server: TestServer;
  /** Names of jobs that were enqueued. */
  readonly jobs: string[];
  /** Somebody signed in; with a role, staff. `claims` go into the token. */
  person(
    role?: 'super_admin' | 'admin' | 'analyst' | 'support',
    claims?: Record<string, unknown>,
  ): Promise<{ id: string; call: Call; token: string }>;
}

export async function testStaff(routes: readonly Route<never>[] = []): Promise<TestStaff> {
  const market = await testMarket({ 'days.csv': BARS }, () => NOW);
  const jobs: string[] = [];
  const server = await testServer(market.db, [...adminRoutes, listSignalsRoute, ...routes] as never, {
    ...{ services: { marketData: market.marketData, phase: 1 }, limits: null, now: () => NOW },
    jobs: { add: async (name) => void jobs.push(name) },
  });
  return {
    ...{ market, server, jobs },
    async person(role, claims = {}) {
      const { id } = await testCustomer(market.db);
      if (role) await market.db.sql('insert into public.admin_users (id, admin_role) values ($1, $2)', [id, role]);
      const token = await server.tokens.sign({ role: 'authenticated', sub: id, ...claims }, 600);
      const call: Call = async (method, path, body) => {
        const response = await fetch(`${server.url}/api/v1/${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        const json = response.headers.get('content-type')?.includes('json');
        return { status: response.status, body: json ? JSON.parse(text) : text };
      };
      return { id, call, token };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await market[Symbol.asyncDispose]();
    },
  };
}
