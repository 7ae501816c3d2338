/**
 * Sessions per second of the protocol client: an RLS list of 20 rows by `oneShot`, beside pgbench (the same SQL with the same prelude,
 * prepared and pipelined, same socket) and node-postgres (BEGIN, set_config, list, COMMIT). Rounds alternate; medians are printed.
 *
 *     node bench/sessions.ts [--seconds 3] [--rounds 5]
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import pg from 'pg';
import { createLog } from '#kernel/log.ts';
import { authenticatorTarget, bootstrap } from '#kernel/postgres/bootstrap.ts';
import type { ConnectionTarget, Identity, Statement } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { prelude } from '#kernel/postgres/session-settings.ts';
import { startTestCluster } from '../test/cluster.ts';
import { processorTime } from './processor-time.ts';

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '5' } },
});
const seconds = Math.ceil(Number(options.seconds));
const rounds = Number(options.rounds);
const CONCURRENT = [8, 64];
/** Connections of each contender: pgbench has no pool, so at 64 it gets as many clients as the others have connections. */
const POOL_SIZE = 10;
const TARGET_RATIO = 0.9;

const SCHEMA = [
  `create table public.todos (id bigint generated always as identity primary key, user_id uuid not null, title text not null,
     done boolean not null default false, created_at timestamptz not null default now())`,
  `insert into public.todos (user_id, title)
     select ('00000000-0000-4000-8000-' || lpad((i / 20)::text, 12, '0'))::uuid, 'todo number ' || i from generate_series(0, 99999) i`,
  'create index on public.todos (user_id)',
  'alter table public.todos enable row level security',
  'alter table public.todos force row level security',
  'create policy own on public.todos for select to authenticated using ((select auth.uid()) = user_id)',
  'grant select on public.todos to authenticated',
  'vacuum analyze public.todos',
];
const IDENTITY: Identity = {
  role: 'authenticated',
  claims: { sub: '00000000-0000-4000-8000-000000000077', role: 'authenticated' },
};
const LIST = `select coalesce(json_agg(t), '[]')::text from
  (select id, title, done, created_at from public.todos order by id limit 20) t`;
const SET =
  "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), set_config('request.id', $3, true)";
const SET_VALUES = [IDENTITY.role, JSON.stringify(IDENTITY.claims), 'request-1'];

type Contender = (concurrent: number) => Promise<number>;

const cluster = await startTestCluster();
await bootstrap({ owner: cluster.target, authenticatorPassword: 'bench' });
const target = authenticatorTarget(cluster.target, 'bench');
const postmasterPid = await withOwner(cluster.target, async (client) => {
  for (const text of SCHEMA) await client.query(text);
  const { rows } = await client.query("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid");
  return rows[0].pid as number;
});
const database = openDatabase({
  target,
  poolSize: POOL_SIZE,
  statementTimeoutMs: 30_000,
  log: createLog('warn'),
});
const pool = nodePostgres(target);
const folder = mkdtempSync(join(tmpdir(), 'freehold-bench-'));
const pgbench = findPgbench();

const statements: Statement[] = [{ text: LIST }];
const contenders: Record<string, Contender> = {
  freehold: (concurrent) =>
    measure(concurrent, () => database.oneShot(IDENTITY, statements, { requestId: 'request-1' })),
  'node-postgres': (concurrent) => measure(concurrent, viaNodePostgres),
};
if (pgbench) contenders['pgbench'] = (concurrent) => runPgbench(pgbench, concurrent);
else console.log("pgbench is absent: it comes with Debian's postgresql package; put it on the PATH for the comparison");

const before = process.memoryUsage();
for (const contender of Object.values(contenders)) await contender(8);
for (const concurrent of CONCURRENT) await compare(concurrent);
const after = process.memoryUsage();
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
console.log(
  `memory: RSS ${megabytes(before.rss)} before, ${megabytes(after.rss)} after; heap ${megabytes(after.heapUsed)}`,
);

rmSync(folder, { recursive: true });
await pool.end();
await database.close();
await cluster.stop();

interface Figures {
  /** Sessions a second. */
  readonly rate: number;
  /** Microseconds of processor time a session, client and server together. */
  readonly cost: number;
}

async function compare(concurrent: number): Promise<void> {
  const figures = new Map<string, Figures[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, contender] of Object.entries(contenders))
      figures.get(name)?.push(await withCost(() => contender(concurrent)));
  const median = (name: string, key: keyof Figures) =>
    (figures.get(name) ?? []).map((each) => each[key]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  console.log(`\n${concurrent} concurrent, medians of ${rounds} rounds of ${seconds} s`);
  for (const name of figures.keys())
    console.log(
      `  ${name.padEnd(14)} ${median(name, 'rate').toFixed(0).padStart(6)}/s ${median(name, 'cost').toFixed(0).padStart(6)} us of processor a session`,
    );
  for (const peer of ['pgbench', 'node-postgres']) {
    if (!figures.has(peer)) continue;
    const rate = median('freehold', 'rate') / median(peer, 'rate');
    const cost = median(peer, 'cost') / median('freehold', 'cost');
    const verdict = peer === 'pgbench' ? `   limit ${TARGET_RATIO}: ${rate >= TARGET_RATIO ? 'ok' : 'MISSED'}` : '';
    console.log(`  freehold / ${peer.padEnd(14)} by rate ${rate.toFixed(2)}, by cost ${cost.toFixed(2)}${verdict}`);
  }
}

async function withCost(run: () => Promise<number>): Promise<Figures> {
  const before = processorTime(postmasterPid) ?? Number.NaN;
  const rate = await run();
  const after = processorTime(postmasterPid) ?? Number.NaN;
  return { rate, cost: ((after - before) * 1000) / (rate * seconds) };
}

async function measure(concurrent: number, once: () => Promise<unknown>): Promise<number> {
  let done = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const client = async () => {
    for (; performance.now() < end; done++) await once();
  };
  await Promise.all(Array.from({ length: concurrent }, client));
  return (done / (performance.now() - start)) * 1000;
}

function nodePostgres({ host, port, database: name, user, password }: ConnectionTarget): pg.Pool {
  return new pg.Pool({ host, port, database: name, user, password, max: POOL_SIZE });
}

async function viaNodePostgres(): Promise<unknown> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({ name: 'set', text: SET, values: SET_VALUES });
    const { rows } = await client.query({ name: 'list', text: LIST });
    await client.query('commit');
    return rows;
  } finally {
    client.release();
  }
}

async function runPgbench(program: string, concurrent: number): Promise<number> {
  const script = join(folder, 'list.sql');
  const variables: string[] = [];
  const lines = [...prelude(IDENTITY, { requestId: 'request-1' }, false), { text: LIST }].map(
    ({ text, values = [] }) => {
      const names = values.map((value) => {
        variables.push('-D', `v${variables.length}=${value}`);
        return `:v${variables.length - 2}`;
      });
      return `${text.replace(/\$(\d+)/g, (_, index: string) => names[Number(index) - 1] as string).replace(/\s+/g, ' ')};`;
    },
  );
  writeFileSync(script, ['\\startpipeline', ...lines, '\\endpipeline', ''].join('\n'));
  const { host, port, database: name, user, password } = target;
  const load = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(Math.min(concurrent, POOL_SIZE)),
    '-j',
    '2',
    '-T',
    String(seconds),
  ];
  const place = ['-f', script, '-h', host, '-p', String(port), '-U', user, name];
  const env = { ...process.env, PGPASSWORD: password };
  const { stdout } = await promisify(execFile)(program, [...load, ...variables, ...place], { env });
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (!rate) throw new Error(`pgbench printed no rate:\n${stdout}`);
  return Number(rate);
}

function findPgbench(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(':').map((part) => join(part, 'pgbench'));
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  return [...versions.map((version) => join(debian, version, 'bin/pgbench')), ...onPath].find((path) =>
    existsSync(path),
  );
}
