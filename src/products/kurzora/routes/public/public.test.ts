import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readConfig } from '#kernel/config.ts';
import type { Route } from '#kernel/product.ts';
import { type TestServer, testServer } from '../../../../../test/server.ts';
import { openChannels } from '../../alerts/channels.ts';
import { languageOf } from '../../rules/languages.ts';
import { spamScore } from '../../rules/spam.ts';
import { type TestMarket, testMarket } from '../../test-market.ts';
import { publicRoutes } from './list.ts';

const NOW = Date.parse('2022-06-07T20:00:00Z');
const BARS = `symbol,date,open,high,low,close,volume
AAA,2022-06-07,100,102,100,102,1000`;

let market: TestMarket;
let server: TestServer;
before(async () => {
  market = await testMarket({ 'days.csv': BARS }, () => NOW);
  const config = readConfig({}, { JWT_SECRET: 'a secret of the tests, 32 characters long' });
  const alerts = openChannels({ config, database: market.db.database, now: () => NOW });
  server = await testServer(market.db, publicRoutes as readonly Route<unknown>[], {
    ...{ services: { marketData: market.marketData, phase: 1, alerts }, limits: null, now: () => NOW },
  });
});
after(async () => {
  await server?.close();
  await market?.[Symbol.asyncDispose]();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  ip?: string,
  // biome-ignore lint/suspicious/noExplicitAny: the body as it came; each test says what it expects of it.
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`${server.url}/api/v1/public/${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ip && { 'x-forwarded-for': ip }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
}
const LETTER = { name: "Ada O'Brien", email: 'Ada@Example.com', subject: 'Hello', message: 'How are <b>you</b>?' };

test('a message is kept as it was written, and five an hour are enough', async () => {
  const sent = await call('POST', 'contact', LETTER, '203.0.113.1');
  assert.equal(sent.status, 201, JSON.stringify(sent.body));
  const [row] = await market.db.sql<Record<string, unknown>>(
    'select name, email, message, language, is_spam from public.contact_submissions where id = $1',
    [sent.body.data.id],
  );
  assert.deepEqual(row, {
    ...{ name: LETTER.name, email: 'ada@example.com' },
    message: LETTER.message,
    language: 'en',
    is_spam: false,
  });
  const more = await Promise.all(Array.from({ length: 6 }, () => call('POST', 'contact', LETTER, '203.0.113.1')));
  assert.deepEqual(more.map(({ status }) => status).sort(), [201, 201, 201, 201, 429, 429], 'in parallel too');
  const refused = more.find(({ status }) => status === 429)!;
  assert.equal(refused.body.error.code, 'RATE_LIMITED');
  assert.ok(Number(refused.headers.get('retry-after')) > 3000);
  assert.equal((await call('POST', 'contact', LETTER, '203.0.113.2')).status, 201, 'another address');
});

test('who fills in what no person sees is a program', async () => {
  const { status, body } = await call('POST', 'contact', { ...LETTER, website: 'https://x.example' }, '203.0.113.3');
  assert.deepEqual([status, body.error.code], [400, 'SPAM_DETECTED']);
  assert.equal(
    (await call('POST', 'newsletter', { email: 'a@example.com', website: 'x' })).body.error.code,
    'SPAM_DETECTED',
  );
  assert.equal((await call('POST', 'contact', { ...LETTER, website: '' }, '203.0.113.3')).status, 201);
  assert.equal((await call('POST', 'contact', { ...LETTER, subject: '  ' }, '203.0.113.3')).status, 400);
  assert.equal(spamScore({ subject: 'Hi', message: 'See https://a.example and https://b.example' }), 0);
  assert.ok(spamScore({ subject: 'BEST SEO SERVICES', message: 'https://a https://b https://c https://d' }) >= 5);
});

test('the newsletter begins by the link of its mail only, and says nothing of who has it', async () => {
  const mails = () =>
    market.db.sql<{ body: string; subject: string }>(
      `select subject, body from auth.inbox_messages where recipient = 'reader@example.com' order by id`,
    );
  const ask = () => call('POST', 'newsletter', { email: ' Reader@example.com', language: 'de' });
  const first = await ask();
  const second = await ask();
  assert.deepEqual(first.body.data, second.body.data);
  let found = await mails();
  while (found.length === 0) found = await mails();
  assert.equal(found.length, 1, 'one mail, however often one asks');
  assert.match(found[0]!.subject, /Bestätige/);
  const [confirm, end] = [...found[0]!.body.matchAll(/href="[^"]*(\/confirm\?token=[^"]+)"/g)].map((match) =>
    match[1]!.replaceAll('&amp;', '&'),
  );
  const state = async () =>
    (
      await market.db.sql(
        `select confirmed_at is not null as confirmed, unsubscribed_at is not null as ended from public.newsletter_subscribers
         where email = 'reader@example.com'`,
      )
    )[0];
  assert.equal((await call('GET', `newsletter${confirm}`)).status, 200);
  assert.deepEqual(await state(), { confirmed: false, ended: false }, 'looking changes nothing');
  assert.equal((await call('POST', `newsletter${confirm}`)).status, 200);
  assert.deepEqual(await state(), { confirmed: true, ended: false });
  assert.equal((await call('POST', `newsletter${end}`)).status, 200);
  assert.deepEqual(await state(), { confirmed: true, ended: true });
  assert.equal((await call('POST', 'newsletter/confirm?token=forged')).status, 401);
});

test('nothing is made up: no testimonials, and demonstrations are the signals that ended last, losers too', async () => {
  assert.deepEqual((await call('GET', 'testimonials')).body.data, []);
  assert.deepEqual((await call('GET', 'demo/signals')).body.data, []);
  await market.db.sql(`with s as (
      insert into public.trading_signals (ticker, signal_type, confidence_score, final_score, signal_strength, current_price, entry_price,
        stop_loss, take_profit, risk_reward_ratio, base_score, engine, source, as_of, levels_as_of, levels_score, status)
      select 'T' || n, 'bullish', 80, 80, 'BUY', 100, 100, 95, 112.5, 2.5, 80, 'test', 'files', now(), now(), 80, 'closed'
      from generate_series(1, 3) n returning id, ticker)
    insert into public.signal_outcomes (signal_id, ticker, original_score, entry_price, exit_price, actual_return, target_hit, stop_loss_hit,
      outcome_type, recorded_at)
    select id, ticker, 80, 100, case ticker when 'T1' then 112.5 else 95 end, case ticker when 'T1' then 12.5 else -5 end,
      ticker = 'T1', ticker <> 'T1', case ticker when 'T1' then 'completed' else 'stopped' end, now() - right(ticker, 1)::int * interval '1 hour'
    from s`);
  const { data } = (await call('GET', 'demo/signals?limit=2')).body;
  assert.deepEqual(
    data.map((signal: { ticker: string; outcome: { actualReturn: number } }) => [
      signal.ticker,
      signal.outcome.actualReturn,
    ]),
    [
      ['T1', 12.5],
      ['T2', -5],
    ],
  );
  await market.db.sql(
    `insert into public.testimonials (author, text, published) values ('Ada', 'Clear.', true), ('Bob', 'Hidden', false)`,
  );
  assert.deepEqual(
    (await call('GET', 'testimonials?language=ar')).body.data.map(({ author }: { author: string }) => author),
    ['Ada'],
  );
});

test('the status says what staff say, the version what runs', async () => {
  const status = async () => (await call('GET', 'status')).body.data;
  assert.deepEqual([(await status()).status, (await status()).components.realtime], ['degraded', 'degraded']);
  await market.db.sql(`update public.system_config set value = '"maintenance"' where key = 'platform_status'`);
  await market.db.sql(`update public.system_config set value = '"Back at noon"' where key = 'maintenance_message'`);
  assert.deepEqual([(await status()).status, (await status()).message], ['maintenance', 'Back at noon']);
  const { version, engine } = (await call('GET', 'version')).body.data;
  assert.match(version, /^\d+\.\d+/);
  assert.match(engine, /^kurzora-/);
});

test('the last word of a session about consent counts', async () => {
  for (const accepted of [true, false]) {
    const body = { sessionId: 'session-1234', type: 'cookie', accepted };
    assert.equal((await call('POST', 'consents', body)).status, 200);
  }
  assert.deepEqual(await market.db.sql('select accepted from public.user_legal_consents'), [{ accepted: false }]);
});

test('the language of a visitor is the first that we speak', () => {
  assert.equal(languageOf('fr-FR, ar;q=0.4, de-AT;q=0.8'), 'de');
  assert.equal(languageOf('en;q=0, ar'), 'ar');
  assert.equal(languageOf(undefined), 'en');
});
