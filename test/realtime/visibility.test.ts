/** The quick check of visibility held against the plain one, which asks Postgres as each subscriber. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createLog } from '#kernel/log.ts';
import { PLATFORM_SCHEMAS } from '#services/project-folder/api.ts';
import { Catalogue } from '../../src/services/realtime/changes/catalogue.ts';
import type { Matched } from '../../src/services/realtime/changes/delivery.ts';
import type { RowChange } from '../../src/services/realtime/changes/row-change.ts';
import { Subscriptions } from '../../src/services/realtime/changes/subscriptions.ts';
import type { Channel } from '../../src/services/realtime/channels/channel.ts';
import type { Claims } from '../../src/services/realtime/contract.ts';
import { type Seen, Visibility } from '../../src/services/realtime/visibility/visibility.ts';
import { type TestDatabase, testDatabase } from '../database.ts';

const UIDS = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  'aAaaaaaa-3333-4333-8333-33333333333F',
];
const SUBJECTS: readonly Claims[] = [
  ...UIDS.map((sub) => ({ role: 'authenticated', exp: 1, sub, team: sub[0]! })),
  { role: 'authenticated', exp: 1, sub: UIDS[0]!, team: 'x' },
  { role: 'authenticated', exp: 1 },
  { role: 'authenticated', exp: 1, sub: '' },
  { role: 'authenticated', exp: 1, sub: 'not a uuid' },
  { role: 'authenticated', exp: 1, sub: '{22222222-2222-4222-8222-222222222222}' },
  { role: 'anon', exp: 1 },
  { role: 'anon', exp: 1, sub: UIDS[1]! },
];

/** Conditions that the quick check reads, and such that it must leave alone. */
const PROVABLE = [
  'auth.uid() = owner',
  'owner = (select auth.uid())',
  '(select auth.uid()) = editor',
  'auth.uid()::text = label',
  '(select auth.uid()::text) = label',
  'owner::text = auth.uid()::text',
  'code = auth.uid()::text',
  "auth.role() = 'authenticated'",
  "(select auth.role()) = 'anon'",
  'shared',
  'shared = true',
  'shared is not true',
  'owner is null',
  "status = 'live'",
  "code = 'x''y'",
  "code in ('a', 'b')",
  'rank > 1',
  'rank between 0 and 2',
  'rank in (1, 2, -3)',
  'price >= 1.5',
  'made is not null',
  'true',
  'false',
];
const OTHERS = [
  "(auth.jwt() ->> 'team') = '1'",
  'exists (select from public.friends as f where f.uid = auth.uid() and f.item = items.id)',
  'auth.uid() is not null',
  'lower(code) = code',
  'made < now()',
  "auth.email() = 'x'",
  'auth.uid() <> owner',
];

const leaf = fc.constantFrom(...PROVABLE, ...PROVABLE, ...OTHERS);
const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `((${a}) and (${b}))`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `((${a}) or (${b}))`),
    tie('any').map((a) => `(not (${a}))`),
  ),
})).any;
const policy = fc.record({
  condition,
  restrictive: fc.boolean(),
  to: fc.constantFrom('public', 'authenticated', 'anon', 'authenticated, anon'),
  command: fc.constantFrom('select', 'all', 'select', 'update'),
});
const uid = fc.option(fc.constantFrom(...UIDS), { nil: null });
const row = fc.record({
  owner: uid,
  editor: uid,
  label: fc.option(fc.constantFrom(...UIDS, UIDS[2]!.toLowerCase(), 'x'), { nil: null }),
  code: fc.option(fc.constantFrom('a', "x'y", UIDS[1]!), { nil: null }),
  shared: fc.option(fc.boolean(), { nil: null }),
  status: fc.option(fc.constantFrom('live', 'draft'), { nil: null }),
  rank: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
  price: fc.option(fc.constantFrom('1.5', '1.49', '2'), { nil: null }),
  made: fc.option(fc.constant('2020-01-01'), { nil: null }),
});

describe('visibility', () => {
  let db: TestDatabase;
  let catalogue: Catalogue;
  let visibility: Visibility;
  let plain: Visibility;
  const subscriptions = new Subscriptions();

  before(async () => {
    db = await testDatabase({ migrations: [PLATFORM_SCHEMAS] });
    await db.sql(`
      create type public.state as enum ('draft', 'live');
      create table public.items (
        id bigint, part text, owner uuid, editor uuid, label text, code varchar(60), shared boolean, status public.state,
        rank int, price numeric, made timestamptz, primary key (id, part));
      alter table public.items enable row level security;
      create table public.friends (uid uuid, item bigint);
      insert into public.friends values ('${UIDS[0]}', 1), ('${UIDS[1]}', 2);
    `);
    const common = { database: db.database, services: db.services, log: createLog('silent') };
    catalogue = new Catalogue(db.services);
    visibility = new Visibility({ ...common, catalogue });
    plain = new Visibility({ ...common, catalogue });
    plain.plainOnly = true;
    const channel = { joined: true } as Channel;
    for (const [id, claims] of SUBJECTS.entries())
      subscriptions.add(channel, { event: '*', schema: 'public', table: 'items', given: {} }, id, claims);
  });
  after(() => db.close());

  /** Which subjects see which of the rows 1 to `count`, by one of the two ways; and how the first way came to it. */
  async function seen(by: Visibility, count: number): Promise<string[]> {
    const [found] = await db.sql<{ oid: string }>(`select 'public.items'::regclass::oid::text as oid`);
    const oid = Number(found!.oid);
    const columns = ['id', 'part'].map((name) => ({ name, typeOid: 25, typeModifier: -1, isKey: true }));
    const relation = { oid, schema: 'public', name: 'items', identity: 'd', columns };
    const candidates = Array.from({ length: count + 1 }, (_, index) => {
      const change = {
        type: 'INSERT',
        relation,
        row: [String(index + 1), 'p'],
        committedAt: new Date(),
        xid: 3,
      } as unknown as RowChange;
      return {
        change,
        oid,
        schema: 'public',
        name: 'items',
        groups: subscriptions.of('public', 'items', 'INSERT', () => undefined),
      };
    });
    let verdicts: Seen[] | 'stale' | 'too early' = 'stale';
    while (typeof verdicts === 'string') {
      await by.prepare(candidates);
      const table = catalogue.known(oid, ['anon', 'authenticated'])!;
      verdicts = await by.judge(candidates.map((each): Matched => ({ ...each, table })));
    }
    return verdicts.flatMap((verdict, index) =>
      [...verdict.values()].flatMap((subjects) => [...subjects].map(({ key }) => `${index + 1} ${key}`)).sort(),
    );
  }

  /** The rows that each subject reads, one at a time and in sessions of its own. */
  async function readAsEach(count: number): Promise<string[]> {
    const found: string[] = [];
    for (let id = 1; id <= count; id++) {
      const sees: string[] = [];
      for (const claims of SUBJECTS) {
        const text = `select exists (select from public.items where id = ${id} and part = 'p') as sees`;
        const row = await db.database
          .as({ role: claims.role, claims }, (session) => session.one<{ sees: boolean }>(text))
          .catch(() => undefined);
        if (row?.sees) sees.push(`${id} ${JSON.stringify(claims)}`);
      }
      found.push(...sees.sort());
    }
    return found;
  }

  test('a row that makes a policy fail is hidden, and hides no other row', async () => {
    await db.sql(`truncate public.items; insert into public.items (id, part, rank) values (1, 'p', 2), (2, 'p', 1), (3, 'p', 0);
      create policy fails on public.items using (1 / (rank - 1) <> 0 and auth.uid() is not null)`);
    const said = await seen(visibility, 3);
    assert.deepEqual(said, await readAsEach(3));
    assert.deepEqual([...new Set(said.map((line) => line[0]))], ['1', '3']);
    await db.sql('drop policy fails on public.items');
  });

  test('whom one policy certainly lets see a row is not asked about, whatever else another policy says', async () => {
    await db.sql(`truncate public.items; insert into public.items (id, part, owner) values (1, 'p', '${UIDS[0]}');
      create policy own on public.items using (owner = (select auth.uid()));
      create policy team on public.items using ((auth.jwt() ->> 'team') = '2')`);
    const before = visibility.plain;
    const said = await seen(visibility, 1);
    const asked = visibility.plain - before;
    assert.deepEqual(said, await readAsEach(1));
    assert.equal(said.length, 3, 'two tokens of the owner, one of the team');
    // Everybody but the owner's two tokens; row 2, which is not there, is asked of nobody.
    assert.equal(asked, SUBJECTS.length - 2);
    await db.sql('drop policy own on public.items; drop policy team on public.items');
  });

  test('the quick check says of random policies, rows and claims what asking Postgres says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(policy, { maxLength: 4 }),
        fc.array(row, { minLength: 1, maxLength: 4 }),
        async (policies, rows) => {
          await db.sql(
            `truncate public.items; ${rows
              .map((each, index) => {
                const values = Object.values(each).map((value) =>
                  value === null ? 'null' : `'${String(value).replaceAll("'", "''")}'`,
                );
                return `insert into public.items values (${index + 1}, 'p', ${values.join(', ')})`;
              })
              .join(';')}`,
          );
          await db.sql(`do $$ declare p record; begin
            for p in select polname from pg_policy where polrelid = 'public.items'::regclass loop
              execute format('drop policy %I on public.items', p.polname); end loop; end $$`);
          for (const [index, { condition: text, restrictive, to, command }] of policies.entries())
            await db.sql(
              `create policy p${index} on public.items as ${restrictive ? 'restrictive' : 'permissive'} for ${command} to ${to} using (${text})`,
            );
          const said = await seen(plain, rows.length);
          assert.deepEqual(said, await readAsEach(rows.length));
          assert.deepEqual(await seen(visibility, rows.length), said);
        },
      ),
      { numRuns: Number(process.env['VISIBILITY_RUNS'] ?? 60) },
    );
    assert.ok(visibility.fast > 0, 'the quick check was used');
    assert.ok(plain.plain > 0, 'the plain check was used');
  });
});
