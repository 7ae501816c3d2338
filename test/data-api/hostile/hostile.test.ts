/**
 * Whatever is sent, no answer is a 5xx, no SQL but ours reaches Postgres, and no row is seen that the role may not see.
 * HOSTILE_RUNS sets the number of requests (2,000 by default; 100,000 takes some minutes), HOSTILE_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { signedIn } from '../fixture.ts';
import { type DataApiFixture, startFixture } from '../server.ts';
import { type WildRequest, wildRequest } from './requests.ts';

const RUNS = Number(process.env['HOSTILE_RUNS'] ?? 2000);
const SEED = process.env['HOSTILE_SEED'] === undefined ? undefined : Number(process.env['HOSTILE_SEED']);
/** What only signed-in observers may read. */
const SALARY = '987654321';
/** Postgres' parser of SQL; those of tsquery, hstore, ltree and JSON word it otherwise. */
const SQL_SYNTAX =
  /syntax error at or near|syntax error at end of input|unterminated quoted|unterminated \/\* comment|trailing junk after/;

/** What PostgREST answers with 500 though the client is to blame, and so do we. */
const UPSTREAM_500 = /"message":"cannot (insert into|update|delete from) view/;

let fixture: DataApiFixture;
let token: Record<string, string>;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

before(async () => {
  fixture = await startFixture({ PGRST_DB_TX_END: 'rollback', PGRST_DB_PLAN_ENABLED: 'true', PGRST_LOG_LEVEL: 'crit' });
  await fixture.db.sql(`update sky.observers set salary = ${SALARY}`);
  token = await signedIn(3);
});
after(async () => {
  agent.destroy();
  await fixture[Symbol.asyncDispose]();
});

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: string;
}

async function send(wild: WildRequest): Promise<Reply> {
  const headers = { ...wild.headers, ...(wild.signedIn && token) };
  const outgoing = request(fixture.server.url, { agent, method: wild.method, path: wild.target, headers });
  outgoing.end(wild.body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode!, text: Buffer.concat(chunks).toString(), headers: answer.rawHeaders.join('\n') };
}

test(`${RUNS} random and hostile requests do no harm`, { timeout: 3_600_000 }, async () => {
  const seen = new Map<number, number>();
  const property = fc.asyncProperty(wildRequest, async (wild) => {
    const { status, text, headers } = await send(wild);
    seen.set(status, (seen.get(status) ?? 0) + 1);
    assert.ok(status < 500 || UPSTREAM_500.test(text), `${status} ${text}`);
    assert.doesNotMatch(text, SQL_SYNTAX);
    assert.doesNotMatch(text + headers, /SENTINEL/);
    if (!wild.signedIn) assert.ok(!text.includes(SALARY), text);
    if (status >= 400 && text !== '') assert.equal(typeof JSON.parse(text).message, 'string');
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
  assert.ok(
    (seen.get(200) ?? 0) > RUNS / 20,
    `too few requests were served to mean anything: ${JSON.stringify([...seen])}`,
  );
  assert.deepEqual(await fixture.db.sql('select * from vault.tripped'), []);
  assert.deepEqual(await fixture.db.sql('select count(*)::int as n from sky.observatories'), [{ n: 3 }]);
});

test('the checks would notice: a row that is shown, and SQL that is ours no more', async () => {
  await fixture.db.sql('grant select on sky.payroll to anon');
  const shown = await send({ method: 'GET', target: '/payroll', headers: {}, body: undefined, signedIn: false });
  assert.match(shown.text, /SENTINEL/);
  await fixture.db.sql('revoke select on sky.payroll from anon');
  await assert.rejects(fixture.db.sql(`select 'x'; select vault.trip(); ' oops`), (error: Error) =>
    SQL_SYNTAX.test(error.message),
  );
});
