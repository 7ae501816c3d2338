/** What the database refuses or answers itself when written to, on the tables of fixtures/0002_mutations.sql. */
import { createHmac } from 'node:crypto';
import { type Case, hold as holdOn, problem, SECRET } from './test-fixture.ts';

const FULL = { Prefer: 'return=representation' };
const WRITES = { dbSchemas: ['writes'] };
const hold = (sentence: string, cases: readonly Case[]) => holdOn(sentence, cases, WRITES);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ role: 'authenticated' })}`;
const token = `${unsigned}.${createHmac('sha256', SECRET).update(unsigned).digest('base64url')}`;
const MEMBER = { Authorization: `Bearer ${token}` };

const denied = (message: string, status = 401): Partial<Case> => ({
  status,
  json: problem('42501', message),
  answers: { 'www-authenticate': status === 401 ? 'Bearer' : null, 'proxy-status': 'PostgREST; error=42501' },
});

hold('what the role may not is 401 without a token and 403 with one', [
  {
    ask: 'POST /limited_article_stars?select=article_id,user_id',
    headers: FULL,
    body: { article_id: 2, user_id: 1 },
    status: 201,
    json: [{ article_id: 2, user_id: 1 }],
  },
  {
    ask: 'POST /limited_article_stars?select=article_id,user_id,created_at',
    headers: FULL,
    body: { article_id: 2, user_id: 2 },
    ...denied('permission denied for table limited_article_stars'),
  },
  {
    ask: 'POST /limited_article_stars',
    headers: FULL,
    body: { article_id: 3, user_id: 1 },
    ...denied('permission denied for table limited_article_stars'),
  },
  {
    ask: 'POST /insertonly',
    headers: { Prefer: 'return=minimal' },
    body: { v: 'some value' },
    status: 201,
    text: '',
    answers: { 'preference-applied': 'return=minimal' },
  },
  { ask: 'POST /insertonly', headers: FULL, body: { v: 'x' }, ...denied('permission denied for table insertonly') },
  {
    ask: 'PATCH /app_users?id=eq.1&select=id,email',
    headers: FULL,
    body: { email: 'a@b.c' },
    json: [{ id: 1, email: 'a@b.c' }],
  },
  { ask: 'PATCH /app_users?id=eq.1', body: { password: 'x' }, ...denied('permission denied for table app_users') },
  { ask: 'DELETE /app_users?id=eq.1', headers: FULL, ...denied('permission denied for table app_users') },
  { ask: 'DELETE /app_users?id=eq.1&select=id,email', headers: FULL, json: [{ id: 1, email: 'a@b.c' }] },
  { ask: 'DELETE /app_users?id=eq.2', headers: { Prefer: 'return=minimal' }, status: 204 },
  { ask: 'POST /authors_only', body: { secret: 'nyancat' }, ...denied('permission denied for table authors_only') },
  {
    ask: 'POST /authors_only',
    headers: { ...MEMBER, ...FULL },
    body: { secret: 'nyancat' },
    status: 201,
    json: [{ owner: 'authenticated', secret: 'nyancat' }],
  },
  {
    ask: 'POST /guarded',
    body: { id: 1, owner: 'x' },
    ...denied('new row violates row-level security policy for table "guarded"'),
  },
  {
    ask: 'POST /guarded',
    headers: MEMBER,
    body: { id: 1, owner: 'x' },
    ...denied('new row violates row-level security policy for table "guarded"', 403),
  },
  { ask: 'POST /guarded', headers: MEMBER, body: { id: 1, owner: 'authenticated' }, status: 201 },
  { ask: 'PATCH /guarded?id=eq.1', headers: FULL, body: { id: 2 }, json: [] },
]);

hold('triggers may write the whole answer', [
  {
    ask: 'POST /refusing',
    body: { k: 'pt' },
    status: 402,
    json: problem('PT402', 'Payment Required', 'Quota exceeded', 'Upgrade your plan'),
  },
  { ask: 'POST /refusing', body: { k: 'badpt' }, status: 500, json: problem('PT40A', 'Wrong') },
  { ask: 'POST /refusing', body: { k: 'raise' }, status: 400, json: problem('P0001', 'my error') },
  { ask: 'POST /refusing', body: { k: 'assert' }, status: 500, json: problem('P0004', 'assertion failed') },
  {
    ask: 'POST /refusing',
    body: { k: 'pgrst' },
    status: 332,
    json: problem('123', 'ABC', 'DEF', 'XYZ'),
    answers: { 'x-header': 'str' },
  },
  {
    ask: 'POST /refusing',
    headers: { Prefer: 'return=headers-only' },
    body: { k: 'headers' },
    status: 299,
    answers: { 'x-custom': 'yes', location: '/elsewhere' },
  },
]);
