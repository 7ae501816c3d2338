import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Refusal } from '#kernel/errors.ts';
import { createLog } from '#kernel/log.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { ANON, type Database, type Identity } from './database.ts';
import { type DatabaseOptions, openDatabase } from './session.ts';

const USER: Identity = { role: 'authenticated', claims: { sub: 'user-1', role: 'authenticated' } };
const PID = 'select pg_backend_pid() as pid';

let fixture: TestDatabase;
before(async () => {
  fixture = await testDatabase();
  await fixture.sql('create table public.notes (id int primary key, body text)');
  await fixture.sql('grant all on public.notes to authenticated');
});
after(() => fixture.close());

async function opened(
  work: (database: Database) => Promise<void>,
  options: Partial<DatabaseOptions> = {},
): Promise<void> {
  const defaults = { target: fixture.target, poolSize: 1, statementTimeoutMs: 10_000, log: createLog('silent') };
  const database = openDatabase({ ...defaults, ...options });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

const count = async () => Number((await fixture.sql<{ n: string }>('select count(*) as n from public.notes'))[0]?.n);
const pidOf = (database: Database) =>
  database.as(USER, (session) => session.one<{ pid: number }>(PID)).then(({ pid }) => pid);

test('a session carries role, claims, request id and settings, and nothing of it outlasts the transaction', () =>
  opened(async (database) => {
    const read = `select current_user as role, nullif(current_setting('request.jwt.claims', true), '') as claims,
      nullif(current_setting('request.id', true), '') as id, nullif(current_setting('request.method', true), '') as method`;
    const options = { requestId: 'r-1', settings: { 'request.method': 'GET' } };
    const expected = { role: 'authenticated', claims: JSON.stringify(USER.claims), id: 'r-1', method: 'GET' };
    assert.deepEqual(await database.as(USER, (session) => session.one(read), options), expected);
    const [shot] = await database.oneShot(USER, [{ text: read }], options);
    assert.deepEqual(shot?.rows[0]?.map(String), Object.values(expected));
    const anon = await database.asAnon((session) => session.one(read));
    assert.deepEqual(anon, { role: 'anon', claims: '{"role":"anon"}', id: null, method: null });
  }));

test('settings cannot change who a session is', () =>
  opened(async (database) => {
    for (const name of ['role', 'ROLE', 'session_authorization', 'request.jwt.claims', 'Request.Id', "a'b"])
      await assert.rejects(database.oneShot(USER, [], { settings: { [name]: 'postgres' } }), TypeError);
    for (const role of ['', 'none', 'None'])
      await assert.rejects(database.oneShot({ role, claims: {} }, [{ text: 'select 1' }]), TypeError);
    await assert.rejects(database.oneShot({ role: 'postgres', claims: {} }, [{ text: 'select 1' }]), { code: '42501' });
  }));

test('a one-shot is one transaction: an error in any statement undoes all of them', () =>
  opened(async (database) => {
    const insert = { text: 'insert into public.notes values ($1, $2)', values: [1, 'a'] };
    for (const isolation of [undefined, 'serializable'] as const)
      await assert.rejects(database.oneShot(USER, [insert, { text: 'select 1/0' }], { isolation }), { code: '22012' });
    assert.equal(await count(), 0);
    const [inserted, read] = await database.oneShot(USER, [insert, { text: 'select body from public.notes' }]);
    assert.equal(inserted?.command, 'INSERT 0 1');
    assert.equal(inserted?.count, 1);
    assert.equal(String(read?.rows[0]?.[0]), 'a');
    await fixture.sql('delete from public.notes');
  }));

test('an interactive session commits what its work did, and nothing of it when the work throws or swallows an error', () =>
  opened(async (database) => {
    const insert = 'insert into public.notes values ($1, $2)';
    const throwing = database.as(USER, async (session) => {
      await session.execute(insert, [2, 'thrown']);
      throw new Error('no');
    });
    await assert.rejects(throwing, { message: 'no' });
    const swallowing = database.as(USER, async (session) => {
      await session.execute(insert, [3, 'swallowed']);
      await session.query('select 1/0').catch(() => {});
    });
    await assert.rejects(swallowing, { code: '22012' });
    assert.equal(await count(), 0);
    assert.equal(await database.as(USER, (session) => session.execute(insert, [4, 'kept'])), 1);
    assert.equal(await count(), 1);
    await fixture.sql('delete from public.notes');
  }));

test('a savepoint may be rolled back to; the transaction itself is not for the work to end', () =>
  opened(async (database) => {
    await database.as(USER, async (session) => {
      await session.execute('savepoint before');
      await session.query('select 1/0').catch(() => {});
      await session.execute('rollback to savepoint before');
      assert.deepEqual(await session.one('select current_user as role'), { role: 'authenticated' });
    });
    for (const text of ['commit', 'rollback', 'commit and chain', 'rollback and chain']) {
      await assert.rejects(
        database.as(USER, (session) => session.execute(text)),
        { code: '2D000' },
      );
      await assert.rejects(database.oneShot(USER, [{ text }]), { code: /2D000|25P01/ });
    }
    await assert.rejects(database.oneShot(USER, [{ text: 'begin' }]), { code: '2D000' });
  }));

test('one, maybeOne and execute say what came', () =>
  opened((database) =>
    database.as(USER, async (session) => {
      assert.equal(await session.maybeOne('select 1 where false'), undefined);
      await assert.rejects(session.one('select 1 where false'), { code: 'NOT_FOUND' });
      await assert.rejects(session.one('select generate_series(1, 2)'), { code: '21000' });
      assert.equal(await session.execute('select 1'), 1);
    }),
  ));

test('read-only and isolation are as asked', () =>
  opened(async (database) => {
    const read =
      "select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as ro";
    const options = { isolation: 'serializable', readOnly: true } as const;
    const expected = { isolation: 'serializable', ro: 'on' };
    assert.deepEqual(await database.as(USER, (session) => session.one(read), options), expected);
    const [result] = await database.oneShot(USER, [{ text: read }], options);
    assert.deepEqual(result?.rows[0]?.map(String), ['serializable', 'on']);
    const insert = { text: "insert into public.notes values (9, 'x')" };
    await assert.rejects(database.oneShot(USER, [insert], { readOnly: true }), { code: '25006' });
  }));

test('a statement that takes too long is cancelled by the server, and its connection is kept', () =>
  opened(async (database) => {
    const before = await pidOf(database);
    const slow = database.oneShot(USER, [{ text: 'select pg_sleep(60)' }], { statementTimeoutMs: 20 });
    await assert.rejects(slow, { code: '57014' });
    assert.equal(await pidOf(database), before);
  }));

test('an aborted session rejects with AbortError, and its connection is never used again', () =>
  opened(async (database) => {
    for (const run of [
      (signal: AbortSignal) => database.oneShot(USER, [{ text: 'select pg_sleep(60)' }], { signal }),
      (signal: AbortSignal) => database.as(USER, (session) => session.query('select pg_sleep(60)'), { signal }),
    ]) {
      const before = await pidOf(database);
      const controller = new AbortController();
      const running = run(controller.signal);
      setImmediate(() => controller.abort());
      await assert.rejects(running, { name: 'AbortError' });
      assert.notEqual(await pidOf(database), before);
      await assert.rejects(run(controller.signal), { name: 'AbortError' });
    }
  }));

test('a one-shot that is short finishes when its signal speaks, and its connection is kept', () =>
  opened(async (database) => {
    const before = await pidOf(database);
    const controller = new AbortController();
    const running = database.oneShot(USER, [{ text: PID }], { signal: controller.signal });
    controller.abort();
    const [result] = await running;
    assert.equal(String(result?.rows[0]?.[0]), String(before));
    assert.equal(await pidOf(database), before);
  }));

test('a killed backend fails its session and is replaced', () =>
  opened(async (database) => {
    const before = await pidOf(database);
    const killed = database.as(USER, async (session) => {
      const { pid } = await session.one<{ pid: number }>(PID);
      await fixture.sql('select pg_terminate_backend($1)', [pid]);
      await session.query('select 1');
    });
    await assert.rejects(killed, (error: { code: string }) => ['57P01', '08006'].includes(error.code));
    assert.notEqual(await pidOf(database), before);
  }));

test('whoever finds no connection in time is refused with UNAVAILABLE and when to come again', () =>
  opened(
    async (database) => {
      await database.as(USER, async (session) => {
        await session.query('select 1');
        const refused = database.oneShot(ANON, [{ text: 'select 1' }]);
        await assert.rejects(
          refused,
          (error) => error instanceof Refusal && error.status === 503 && error.retryAfter === 1,
        );
        const controller = new AbortController();
        const waiting = database.oneShot(ANON, [{ text: 'select 1' }], { signal: controller.signal });
        controller.abort();
        await assert.rejects(waiting, { name: 'AbortError' });
        assert.equal(database.stats().waiting, 0);
      });
      assert.equal((await database.oneShot(ANON, [{ text: 'select 1' }])).length, 1);
    },
    { queueTimeoutMs: 60 },
  ));

test('a login that cannot succeed is refused at once, a server that is away after the queue time', async () => {
  const options = { queueTimeoutMs: 100, connectTimeoutMs: 5000 };
  for (const change of [{ password: 'wrong' }, { host: '/nowhere' }])
    await opened(
      async (database) => {
        const refused = database.oneShot(ANON, [{ text: 'select 1' }]);
        await assert.rejects(refused, { code: 'UNAVAILABLE', message: 'The database cannot be reached' });
      },
      { ...options, target: { ...fixture.target, ...change } },
    );
});

test('a prepared statement whose columns changed is prepared anew', () =>
  opened(async (database) => {
    const read = { text: 'select * from public.changing' };
    await fixture.sql('create table public.changing (a int)');
    await fixture.sql('grant select on public.changing to authenticated');
    const columns = async () => (await database.oneShot(USER, [read]))[0]?.fields.map(({ name }) => name);
    assert.deepEqual(await columns(), ['a']);
    await fixture.sql('alter table public.changing add column b int');
    assert.deepEqual(await columns(), ['a', 'b']);
    await fixture.sql('alter table public.changing add column c int');
    assert.deepEqual(await database.as(USER, async (session) => (await session.raw(read)).fields.length), 3);
  }));

test('plans outlive a session that left nothing behind, and advisory locks do not outlive theirs', () =>
  opened(async (database) => {
    const mark = { text: "select 'marked', $1::int", values: [1] };
    await database.oneShot(USER, [mark]);
    await database.oneShot(ANON, [mark]);
    const known = "select count(*) as n from pg_prepared_statements where statement like 'select ''marked''%'";
    assert.deepEqual(await database.as(USER, (session) => session.one(known)), { n: 1 });
    await database.as(USER, (session) => session.query('select pg_advisory_lock(7)'));
    await database.as(USER, (session) => session.query('select 1'));
    assert.deepEqual(await fixture.sql('select pg_try_advisory_lock(7) as free'), [{ free: true }]);
  }));

test('a work whose statements were not awaited still commits or fails as a whole', () =>
  opened(async (database) => {
    const stray = database.as(USER, async (session) => {
      session.execute("insert into public.notes values (20, 'stray')").catch(() => {});
      session.query('select 1/0').catch(() => {});
    });
    await assert.rejects(stray, { code: /22012|25P02/ });
    assert.equal(await count(), 0);
  }));
