import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { postgresChangesFilter } from '@supabase/supabase-js';
import { parseFilter } from '../../src/services/realtime/changes/filter.ts';
import { type Harness, startHarness, token } from './harness.ts';
import { RawClient } from './raw-client.ts';

/** Rows `(id, n, t, u, b, at, price)`; each filter, and the ids it lets through. */
const U = '11111111-1111-4111-8111-111111111111';
const ROWS = `(1, 5, 'foo', '${U}', true, '2024-01-01', 1.50), (2, null, null, null, null, null, null),
  (3, -7, 'Foo, (bar) "q"', null, false, '2030-01-01', 2)`;
const FILTERS: readonly (readonly [string, readonly number[]])[] = [
  ['n=eq.5', [1]],
  ['n=neq.5', [3]],
  ['n=lt.0', [3]],
  ['n=lte.5', [1, 3]],
  ['n=gt.-7', [1]],
  ['n=gte.-7', [1, 3]],
  ['n=in.(5,6)', [1]],
  ['n=not.in.(5,6)', [3]],
  ['n=is.null', [2]],
  ['n=not.is.null', [1, 3]],
  ['b=is.true', [1]],
  ['b=is.unknown', [2]],
  ['b=not.is.true', [2, 3]],
  ['b=eq.false', [3]],
  ['n=isdistinct.5', [2, 3]],
  ['n=not.isdistinct.5', [1]],
  ['t=eq.foo', [1]],
  ['t=eq."Foo, (bar) \\"q\\""', [3]],
  ['t=in.("Foo, (bar) \\"q\\"",foo)', [1, 3]],
  ['t=like.%oo', [1]],
  ['t=ilike.foo%', [1, 3]],
  ['t=match.^f', [1]],
  ['t=imatch.^f', [1, 3]],
  ['t=not.like.f%', [3]],
  ['t=gt.a', [1]],
  [`u=eq.${U}`, [1]],
  [`u=neq.${U}`, []],
  ['at=gt.2025-01-01', [3]],
  ['price=eq.1.5', [1]],
  ['n=gt.0,t=like.f%', [1]],
  ['n=gt.0,t=like.F%', []],
];

/** Roles belong to the cluster, which other tests share. */
const EDITOR = `realtime_editor_${process.pid}`;

describe('filters', () => {
  let harness: Harness;
  let client: RawClient;
  before(async () => {
    harness = await startHarness();
    await harness.db.sql(`
      create role ${EDITOR} nologin; grant ${EDITOR} to authenticator;
      create table public.f (id int primary key, n int, t text collate "C", u uuid, b boolean, at timestamptz, price numeric);
      create table public.unpublished (id int primary key);
      create table public.keyless (n int);
      create table public.partly (id int primary key, open text, secret text);
      revoke all on public.partly from anon; grant select (id, open) on public.partly to anon;
      alter publication supabase_realtime add table public.f, public.keyless, public.partly`);
    client = await RawClient.connect(harness.node);
  });
  after(async () => {
    client.close();
    await harness.close();
  });

  test('every operator lets through what Postgres would', async () => {
    const bindings = FILTERS.map(([filter]) => ({ event: 'INSERT', schema: 'public', table: 'f', filter }));
    const reply = await client.join('filters', {
      postgres_changes: [...bindings, { event: 'INSERT', schema: 'public', table: 'f' }],
    });
    assert.equal(reply.payload.status, 'ok');
    const answered = reply.payload.response.postgres_changes as { id: number; filter?: string }[];
    assert.deepEqual(
      answered.map(({ filter }) => filter),
      [...FILTERS.map(([filter]) => filter), undefined],
    );
    await harness.db.sql(`insert into public.f values ${ROWS}`);
    const got = new Map<number, Set<number>>();
    for (const id of [1, 2, 3]) {
      const frame = await client.change((data) => data.table === 'f' && data.record.id === id);
      got.set(id, new Set(frame.payload.ids));
    }
    const found = FILTERS.map(([filter], index) => [
      filter,
      [1, 2, 3].filter((id) => got.get(id)!.has(answered[index]!.id)),
    ]);
    assert.deepEqual(found, FILTERS);
  });

  test('the text that the client builds is read back as it was meant', () => {
    const awkward = ['a,b', '(x)', '"', '\\', ' space ', 'a.b', 'not.eq', ''];
    for (const value of awkward) {
      assert.deepEqual(parseFilter(postgresChangesFilter().eq('c', value).not('d', 'in', [value, 'z']).build()), [
        { column: 'c', negated: false, operator: 'eq', values: [value] },
        { column: 'd', negated: true, operator: 'in', values: [value, 'z'] },
      ]);
    }
  });

  test('a binding that can get nothing is told so after the join, and refused when the client waits for it', async () => {
    const bad = [
      [{ event: '*', schema: 'public', table: 'unpublished' }, /Please check Realtime is enabled/],
      [{ event: '*', schema: 'public', table: 'f', filter: 'nothing=eq.1' }, /invalid column for filter nothing/],
      [{ event: '*', schema: 'public', table: 'f', filter: 'n=eq.five' }, /invalid input syntax for type integer/],
      [{ event: '*', schema: 'public', table: 'f', filter: 'n=smaller.5' }, /Error parsing `filter` params/],
      [{ event: '*', schema: 'public', table: 'partly', filter: 'secret=eq.x' }, /invalid column for filter secret/],
    ] as const;
    for (const [index, [binding, message]] of bad.entries()) {
      const reply = await client.join(`bad${index}`, { postgres_changes: [binding] });
      assert.equal(reply.payload.status, 'ok');
      const system = await client.next(({ event, topic }) => event === 'system' && topic === `realtime:bad${index}`);
      assert.equal(system.payload.status, 'error');
      assert.match(system.payload.message, message);
      const options = { postgres_changes: [binding], postgres_changes_options: { wait: true } };
      const refused = await client.join(`refused${index}`, options);
      assert.equal(refused.payload.status, 'error');
      assert.match(refused.payload.response.reason, message);
    }
  });

  test('only columns that the role may read, and that were asked for, are sent', async () => {
    await client.join('partly', { postgres_changes: [{ event: '*', schema: 'public', table: 'partly' }] });
    await client.join('selected', {
      postgres_changes: [{ event: '*', schema: 'public', table: 'partly', select: ['id'] }],
    });
    await harness.db.sql(`insert into public.partly values (1, 'o', 's')`);
    const frames = await Promise.all(
      ['partly', 'selected'].map((name) =>
        client.next(({ event, topic }) => event === 'postgres_changes' && topic === `realtime:${name}`),
      ),
    );
    assert.deepEqual(
      frames.map(({ payload }) => payload.data.record),
      [{ id: 1, open: 'o' }, { id: 1 }],
    );
    assert.deepEqual(
      frames.map(({ payload }) => payload.data.columns.length),
      [2, 1],
    );
  });

  test('a table without a primary key, and a role that may not read the key, get the error of the hosted service', async () => {
    const editor = await RawClient.connect(harness.node, token({ role: EDITOR }));
    await editor.join('denied', { postgres_changes: [{ event: '*', schema: 'public', table: 'f' }] });
    await client.join('keyless', { postgres_changes: [{ event: '*', schema: 'public', table: 'keyless' }] });
    await harness.db.sql('insert into public.keyless values (1); insert into public.f (id) values (9)');
    const keyless = await client.change((data) => data.table === 'keyless');
    assert.deepEqual(keyless.payload.data.errors, ['Error 400: Bad Request, no primary key']);
    assert.deepEqual(keyless.payload.data.record, {});
    const denied = await editor.change((data) => data.table === 'f');
    assert.deepEqual(denied.payload.data.errors, ['Error 401: Unauthorized']);
    assert.deepEqual(denied.payload.data.record, {});
    editor.close();
  });

  test('above the limit only short fields are sent, and the change says so', async () => {
    await client.join('large', {
      postgres_changes: [{ event: '*', schema: 'public', table: 'f', filter: 'id=eq.77' }],
    });
    await harness.db.sql(`insert into public.f (id, n, t) values (77, 3, repeat('x', 1100000))`);
    const frame = await client.change((data) => data.record?.id === 77);
    assert.deepEqual(frame.payload.data.errors, ['Error 413: Payload Too Large']);
    assert.equal(frame.payload.data.record.t, undefined);
    assert.equal(frame.payload.data.record.n, 3);
  });
});
