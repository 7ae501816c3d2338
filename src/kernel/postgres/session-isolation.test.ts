import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import type { Database, Identity, RawResult, Session } from './database.ts';
import { openDatabase } from './session.ts';

/** Everything by which one session could know of another: identity, settings, locks, temporary tables, channels, statements, cursors. */
const OBSERVE = `select json_build_object(
  'role', current_user,
  'claims', nullif(current_setting('request.jwt.claims', true), '')::json,
  'request', current_setting('request.id', true),
  'litter', nullif(current_setting('litter.by', true), ''),
  'search_path', current_setting('search_path'),
  'isolation', current_setting('transaction_isolation'),
  'read_only', current_setting('transaction_read_only'),
  'zone', current_setting('timezone'),
  'locks', (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
  'tables', (select count(*) from pg_class where relnamespace = pg_my_temp_schema()),
  'cursors', (select count(*) from pg_cursors where is_holdable),
  'statements', (select count(*) from pg_prepared_statements where from_sql),
  'channels', (select count(*) from pg_listening_channels()))`;

/** Leaves behind what no command tag shows, one kind at a time. */
const LITTER = `create function public.litter(kind text) returns void language plpgsql as $$
begin
  case kind
    when 'setting' then perform set_config('litter.by', 'me', false);
    when 'reported setting' then perform set_config('TimeZone', 'Asia/Tokyo', false);
    when 'search path' then perform set_config('search_path', 'pg_catalog', false);
    when 'lock' then perform pg_advisory_lock_shared(42);
    when 'table' then create temp table if not exists litter as select 1 as a;
  end case;
end $$`;
const LITTER_KINDS = ['setting', 'reported setting', 'search path', 'lock', 'table'];

/** What a work leaves behind with commands that say what they are. */
const OPEN_LITTER = [
  "set litter.by = 'me'",
  "select set_config('litter.by', 'me', false)",
  "select set_config('default_transaction_isolation', 'serializable', false)",
  'set session characteristics as transaction read only',
  'set role none',
  'create temp table littered (a int)',
  'select pg_advisory_lock_shared(43)',
  'listen litter',
  'prepare litter as select 1',
  'declare litter cursor with hold for select 1',
  'discard plans',
  'deallocate all',
  "do $$ begin perform set_config('litter.by', 'me', false); end $$",
];

const action = fc.oneof(
  fc.constant({ kind: 'one-shot' } as const),
  fc.constant({ kind: 'interactive' } as const),
  fc.constant({ kind: 'isolated' } as const),
  fc.constant({ kind: 'fails' } as const),
  fc.constant({ kind: 'throws' } as const),
  fc.constant({ kind: 'times out' } as const),
  fc.record({ kind: fc.constant('aborts' as const), turns: fc.nat(40), interactive: fc.boolean() }),
  fc.constant({ kind: 'is killed' } as const),
  fc.record({ kind: fc.constant('litters in a function' as const), litter: fc.constantFrom(...LITTER_KINDS) }),
  fc.record({ kind: fc.constant('litters' as const), text: fc.constantFrom(...OPEN_LITTER) }),
  fc.constant({ kind: 'ends its transaction' } as const),
);
const step = fc.record({
  action,
  role: fc.constantFrom('anon', 'authenticated', 'service_role'),
  wait: fc.nat(10),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** SQLSTATEs that the actions themselves bring about, and the ends a killed backend can have. */
const EXPECTED = new Set(['22012', '57014', '57P01', '08006', '2D000', '25006', '42501']);

let fixture: TestDatabase;
/** How the settings stand before anyone has touched them. */
let untouched: { search_path: string; zone: string };
before(async () => {
  fixture = await testDatabase();
  await fixture.sql(LITTER);
  untouched = await fixture.database.asAnon((session) =>
    session.one("select current_setting('search_path') as search_path, current_setting('timezone') as zone"),
  );
});
after(() => fixture.close());

test('no session ever sees the role, the claims or the leavings of another, whatever errors, cancels, kills and litter come between', async () => {
  let sessions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const log = createLog('silent');
      const database = openDatabase({ target: fixture.target, poolSize: 3, statementTimeoutMs: 5000, log });
      try {
        await Promise.all(steps.map((each, index) => runStep(database, each, index)));
        assert.ok(database.stats().open <= 3);
        sessions += database.stats().sessions;
      } finally {
        await database.close();
      }
    }),
    { numRuns: 15, endOnFailure: true },
  );
  assert.ok(sessions > 100, `only ${sessions} sessions ran`);
});

async function runStep(database: Database, { action: what, role, wait }: Step, index: number): Promise<void> {
  for (let turn = 0; turn < wait; turn++) await nextTurn();
  const identity: Identity = { role, claims: { sub: `user-${index}`, role } };
  const requestId = `request-${index}`;
  const check = async (session: Session) => assertOwn(await session.raw({ text: OBSERVE }), identity, requestId);
  const as = (work: (session: Session) => Promise<unknown>, options = {}) =>
    database.as(identity, work, { requestId, ...options });
  try {
    switch (what.kind) {
      case 'one-shot':
        for (const result of await database.oneShot(identity, [{ text: OBSERVE }, { text: OBSERVE }], { requestId }))
          assertOwn(result, identity, requestId);
        break;
      case 'isolated':
        await as(
          async (session) => {
            assertOwn(await session.raw({ text: OBSERVE }), identity, requestId, 'repeatable read');
          },
          { isolation: 'repeatable read' },
        );
        break;
      case 'interactive':
        await as(async (session) => {
          await check(session);
          await nextTurn();
          await Promise.all([check(session), check(session)]);
        });
        break;
      case 'fails':
        await as(async (session) => {
          await check(session);
          await session.query('select 1/0');
        });
        break;
      case 'throws':
        await as(async (session) => {
          await check(session);
          await session.query("select set_config('litter.by', 'thrown', false)");
          throw new Error('thrown by the work');
        });
        break;
      case 'times out':
        await as(
          async (session) => {
            await check(session);
            await session.query('select pg_sleep(10)');
          },
          { statementTimeoutMs: 30 },
        );
        break;
      case 'aborts': {
        const controller = new AbortController();
        void abortAfter(controller, what.turns);
        const { signal } = controller;
        if (what.interactive) await as((session) => session.query('select pg_sleep(10)'), { signal });
        else await database.oneShot(identity, [{ text: OBSERVE }, { text: 'select pg_sleep(10)' }], { signal });
        assert.fail('the abort came to nothing');
        break;
      }
      case 'is killed':
        await as(async (session) => {
          await check(session);
          const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
          await fixture.sql('select pg_terminate_backend($1)', [row?.pid]);
          await check(session);
        });
        break;
      case 'litters in a function':
        await as(async (session) => {
          await check(session);
          await session.query('select public.litter($1)', [what.litter]);
        });
        break;
      case 'litters':
        await as(async (session) => {
          await check(session);
          await session.query(what.text);
        });
        break;
      case 'ends its transaction':
        await database.oneShot(identity, [{ text: OBSERVE }, { text: 'commit' }, { text: OBSERVE }], { requestId });
        break;
    }
  } catch (error) {
    const { code, name, message } = error as { code?: unknown; name: string; message: string };
    const expected = EXPECTED.has(String(code)) || name === 'AbortError' || message === 'thrown by the work';
    if (!expected) throw error;
  }
}

async function abortAfter(controller: AbortController, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
  controller.abort();
}

function assertOwn(result: RawResult, identity: Identity, requestId: string, isolation = 'read committed'): void {
  const seen = JSON.parse(String(result.rows[0]?.[0]));
  assert.deepEqual(seen, {
    role: identity.role,
    claims: identity.claims,
    request: requestId,
    litter: null,
    search_path: untouched.search_path,
    isolation,
    read_only: 'off',
    zone: untouched.zone,
    locks: 0,
    tables: 0,
    cursors: 0,
    statements: 0,
    channels: 0,
  });
}
