import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import type { AuthError } from '../errors.ts';
import type { AuthSettings, HookSettings } from '../settings/settings.ts';
import type { Hooks } from './hooks.ts';
import { openHooks } from './open-hooks.ts';

const SECRETS = ['whsec_Zmlyc3Qgc2VjcmV0IG9mIGEgaG9vaw==', 'whsec_c2Vjb25kIHNlY3JldCBvZiBhIGhvb2s='];
const OWNER = { role: 'supabase_auth_admin', claims: {} };

const hooksWith = (hook: HookSettings, db?: TestDatabase): Hooks =>
  openHooks({ hooks: { send_sms: hook } } as Partial<AuthSettings> as AuthSettings, (work, options) =>
    db!.services.as(OWNER, work, options),
  );

async function refusal(work: Promise<unknown>): Promise<AuthError> {
  return work.then(
    () => assert.fail('nothing was refused'),
    (error: unknown) => error as AuthError,
  );
}

describe('a function of Postgres', () => {
  let db: TestDatabase;
  before(async () => {
    db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
    await db.sql(`
      create table public.seen (payload jsonb, by text);
      grant all on public.seen to supabase_auth_admin;
      create function public.answer(event jsonb) returns jsonb language plpgsql as $$
      begin
        insert into public.seen values (event, current_user);
        return coalesce(event -> 'answer', '{}');
      end $$;
      create function public.slow(event jsonb) returns jsonb language sql as 'select pg_sleep(30)::text::jsonb';
      create function public."Odd name"(event jsonb) returns jsonb language sql as $$select '{"odd": true}'::jsonb$$;
    `);
  });
  after(() => db?.close());
  const call = (name: string, payload: Record<string, unknown>) =>
    hooksWith({ uri: `pg-functions://postgres/public/${name}`, secrets: '' }, db).call('send_sms', payload);

  test('gets the payload as supabase_auth_admin, and its answer comes back', async () => {
    assert.deepEqual(await call('answer', { answer: { claims: { role: 'x' } } }), { claims: { role: 'x' } });
    const [row] = await db.sql<{ by: string }>('select by from public.seen');
    assert.equal(row?.by, 'supabase_auth_admin');
  });

  test('takes part in the transaction of the caller', async () => {
    const hooks = hooksWith({ uri: 'pg-functions://postgres/public/answer', secrets: '' }, db);
    const work = db.services.as(OWNER, async (session) => {
      await hooks.call('send_sms', { mark: 'rolled back' }, session);
      throw new Error('no');
    });
    await assert.rejects(work);
    assert.deepEqual(await db.sql(`select 1 from public.seen where payload ->> 'mark' is not null`), []);
  });

  test('leaves the timeout of the transaction as it was', async () => {
    const hooks = hooksWith({ uri: 'pg-functions://postgres/public/answer', secrets: '' }, db);
    const [before, after] = await db.services.as(OWNER, async (session) => {
      const timeout = () => session.one<{ t: string }>(`select current_setting('statement_timeout') as t`);
      const first = await timeout();
      await hooks.call('send_sms', {}, session);
      return [first.t, (await timeout()).t];
    });
    assert.equal(after, before);
  });

  test('may have any name', async () => {
    assert.deepEqual(await call('Odd%20name', {}), { odd: true });
  });

  test('refuses with a status and a sentence', async () => {
    const error = await refusal(call('answer', { answer: { error: { http_code: 403, message: 'Not you' } } }));
    assert.deepEqual([error.status, error.code, error.message], [403, 'unknown', 'Not you']);
  });

  test('that fails, is slow or is not there is our fault, and says only which it was', async () => {
    for (const name of ['slow', 'missing']) {
      const error = await refusal(call(name, {}));
      assert.deepEqual(
        [error.status, error.code, error.message],
        [500, 'unexpected_failure', `Error running hook URI: pg-functions://postgres/public/${name}`],
      );
    }
  });
});

describe('an HTTP endpoint', () => {
  async function serving(listener: RequestListener) {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hooks = hooksWith({
      uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      secrets: SECRETS.map((secret) => `v1,${secret}`).join('|'),
    });
    return {
      call: (payload: Record<string, unknown>) => hooks.call('send_sms', payload),
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
  const textOf = async (message: IncomingMessage) => {
    let text = '';
    for await (const part of message) text += part;
    return text;
  };
  const JSON_TYPE = { 'content-type': 'application/json' };

  test('gets the payload with a signature of each secret', async () => {
    let seen: unknown[] = [];
    await using hook = await serving(async (message, response) => {
      const text = await textOf(message);
      seen = SECRETS.map((secret) => new Webhook(secret).verify(text, message.headers as Record<string, string>));
      response.writeHead(200, JSON_TYPE).end('{"ok":true}');
    });
    assert.deepEqual(await hook.call({ sms: { otp: '123456' } }), { ok: true });
    assert.deepEqual(seen, [{ sms: { otp: '123456' } }, { sms: { otp: '123456' } }]);
  });

  test('may answer with nothing', async () => {
    await using hook = await serving((_, response) => response.writeHead(204).end());
    assert.deepEqual(await hook.call({}), {});
  });

  test('that stays busy is given up', async () => {
    await using hook = await serving((_, response) => response.writeHead(429, { 'retry-after': '0' }).end());
    assert.equal((await refusal(hook.call({}))).code, 'hook_timeout_after_retry');
  });

  test('is asked again when it says so', async () => {
    let calls = 0;
    await using hook = await serving((_, response) => {
      calls++;
      if (calls === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.writeHead(200, JSON_TYPE).end('{}');
    });
    assert.deepEqual(await hook.call({}), {});
    assert.equal(calls, 2);
  });

  const cases: [string, RequestListener, number, string, RegExp][] = [
    [
      'a refusal of its own',
      (_, r) => r.writeHead(200, JSON_TYPE).end('{"error":{"http_code":422,"message":"No"}}'),
      422,
      'unknown',
      /^No$/,
    ],
    [
      'another media type',
      (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('x'),
      400,
      'hook_payload_invalid_content_type',
      /content-type: text\/html/,
    ],
    [
      'more than it may',
      (_, r) => r.writeHead(200, JSON_TYPE).end(`"${'x'.repeat(201 * 1024)}"`),
      422,
      'hook_payload_over_size_limit',
      /204800 bytes/,
    ],
    ['no JSON', (_, r) => r.writeHead(200, JSON_TYPE).end('{'), 500, 'unexpected_failure', /JSON/],
    ['400', (_, r) => r.writeHead(400).end(), 500, 'unexpected_failure', /Invalid payload sent to hook/],
    ['401', (_, r) => r.writeHead(401).end(), 500, 'unexpected_failure', /requires authorization token/],
    [
      'another status',
      (_, r) => r.writeHead(418).end(),
      500,
      'unexpected_failure',
      /Unexpected status code returned from hook: 418/,
    ],
    [
      'a redirect',
      (_, r) => r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      500,
      'unexpected_failure',
      /Unexpected status code returned from hook: 302/,
    ],
  ];
  for (const [what, listener, status, code, message] of cases)
    test(`that answers with ${what}`, async () => {
      await using hook = await serving(listener);
      const error = await refusal(hook.call({}));
      assert.deepEqual([error.status, error.code], [status, code]);
      assert.match(error.message, message);
    });
});
