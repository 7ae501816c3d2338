import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DataApiFixture, type RequestOptions, startFixture } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const nested = (depth: number, open: string, close: string, middle = '') =>
  open.repeat(depth) + middle + close.repeat(depth);
const list = (length: number, item: (index: number) => string | number) =>
  Array.from({ length }, (_, index) => item(index)).join(',');

const tooMuch: readonly (readonly [string, string, string, RequestOptions?])[] = [
  ['JSON that never closes', 'POST', '/transfers', { body: '['.repeat(200_000) }],
  ['an object nested too deeply', 'POST', '/transfers', { body: nested(100_000, '{"id":', '}', '1') }],
  ['a value nested too deeply', 'PATCH', '/telescopes?id=eq.1', { body: `{"details":${nested(50_000, '[', ']')}}` }],
  ['an argument nested too deeply', 'POST', '/rpc/echo', { body: `{"a":${nested(50_000, '[', ']')}}` }],
  ['a filter value nested too deeply', 'GET', `/telescopes?details=cs.${nested(20_000, '[', ']')}`],
  ['logic nested too deeply', 'GET', `/observers?and=${nested(3_000, '(and', ')', '(id.eq.1)')}`],
  ['an array of too many dimensions', 'GET', `/telescopes?bands=eq.${nested(50, '{', '}')}`],
  ['more columns than Postgres gives', 'GET', `/telescopes?select=${list(2_000, (index) => `c${index}:id`)}`],
  ['a search of negations', 'GET', `/exposures?object=fts.${'!'.repeat(20_000)}a`],
  ['a regular expression that explodes', 'GET', '/telescopes?name=match.(a{250}){250}'],
];
for (const [sentence, method, path, options = {}] of tooMuch)
  test(`${sentence} is the client's error, and the server goes on`, async () => {
    const headers = { 'Content-Type': 'application/json' };
    const { status, json } = await fixture.server.request(method, path, { headers, ...options });
    assert.equal(status, 400, JSON.stringify(json));
    assert.equal((await fixture.server.get('/telescopes?select=id&limit=1')).status, 200);
  });

test('a limit that a function raises is ours', async () => {
  await fixture.db.sql(`create function sky.at_limit() returns void language plpgsql as
    $$ begin raise sqlstate '54001' using message = 'too deep'; end $$; notify pgrst, 'reload schema'`);
  const call = () => fixture.server.request('POST', '/rpc/at_limit', { body: {} });
  let status = (await call()).status;
  while (status === 404) status = (await call()).status;
  assert.equal(status, 500);
});

test('a list of thousands of keys in the address is read, and its echo does not overflow what clients take', async () => {
  const { status, json } = await fixture.server.get(
    `/telescopes?select=id&order=id&id=in.(${list(10_000, (index) => index)})`,
  );
  assert.equal(status, 200);
  assert.equal((json as unknown[]).length, 4);
});

test('a query that is too long is 414, headers that are too long are 431', async () => {
  assert.equal((await fixture.server.get(`/telescopes?id=in.(${list(60_000, (index) => index)})`)).status, 414);
  assert.equal((await fixture.server.get('/telescopes', { 'X-Long': 'x'.repeat(600_000) })).status, 431);
});
