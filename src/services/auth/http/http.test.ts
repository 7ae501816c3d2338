import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { Type } from 'typebox';
import { Refusal } from '#kernel/errors.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { AuthError, OAuthError } from '../errors.ts';
import { clientAddress } from './client-address.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { refusalAnswer } from './refusal.ts';
import { router } from './router.ts';
import { endpoints } from './routes.ts';

const at = (method: Endpoint['method'], path: string) =>
  endpoint(method, path, 'public', Type.Object({}), async () => ({ status: 200 }));

test('a fixed segment goes before a parameter, whichever was listed first', () => {
  const route = router([at('GET', '/users/:id'), at('GET', '/users/me'), at('DELETE', '/users/:id')]);
  const found = (method: string, path: string) => {
    const match = route(method, path);
    return match.kind === 'found' ? [match.endpoint.path, match.params] : match;
  };
  assert.deepEqual(found('GET', '/users/me'), ['/users/me', {}]);
  assert.deepEqual(found('HEAD', '/users/a%20b/'), ['/users/:id', { id: 'a b' }]);
  assert.deepEqual(found('DELETE', '/users/me'), ['/users/:id', { id: 'me' }]);
  assert.deepEqual(found('PUT', '/users/me'), { kind: 'wrong method', allowed: ['GET', 'DELETE'] });
  for (const path of ['/', '/users', '/users/', '/users/a/b', '/users/%', '//me'])
    assert.deepEqual(found('GET', path), { kind: 'not found' }, path);
});

test('two endpoints in one place are a mistake that stops the start', () => {
  assert.throws(() => router([at('GET', '/a/:id'), at('GET', '/a/:name')]), /two endpoints/);
});

test('every endpoint of the service has a place of its own', () => {
  router(endpoints);
  assert.ok(endpoints.length > 30);
});

const options = { requestId: 'r1', apiVersion: '2024-01-01' };

test('a refusal has the shape that the version of the client asks for', () => {
  const error = new AuthError(422, 'weak_password', 'Weak', { fields: { weak_password: { reasons: ['length'] } } });
  assert.deepEqual(refusalAnswer(error, options).body, {
    code: 'weak_password',
    message: 'Weak',
    weak_password: { reasons: ['length'] },
  });
  for (const apiVersion of [undefined, '', 'latest', '2023-12-31'])
    assert.deepEqual(refusalAnswer(error, { ...options, apiVersion }).body, {
      code: 422,
      error_code: 'weak_password',
      msg: 'Weak',
      weak_password: { reasons: ['length'] },
    });
  assert.equal(refusalAnswer(error, options).headers['x-sb-error-code'], 'weak_password');
});

test('an OAuth endpoint refuses as RFC 6749 has it', () => {
  const own = refusalAnswer(new OAuthError(401, 'invalid_client', 'Who are you?'), options);
  assert.deepEqual([own.status, own.body], [401, { error: 'invalid_client', error_description: 'Who are you?' }]);
  const other = refusalAnswer(new AuthError(400, 'bad_json', 'No JSON'), { ...options, oauthErrors: true });
  assert.deepEqual(other.body, { error: 'invalid_request', error_description: 'No JSON' });
});

const THROWN: readonly [sentence: string, thrown: unknown, status: number, code: string][] = [
  ['a broken connection', new PostgresError({ code: '08006', message: 'secret' }), 503, 'unexpected_failure'],
  ['a server that stops', new PostgresError({ code: '57P01', message: 'secret' }), 503, 'unexpected_failure'],
  ['no connection left', new Refusal('UNAVAILABLE', 'secret'), 503, 'unexpected_failure'],
  ['a statement that took too long', new PostgresError({ code: '57014', message: 'secret' }), 504, 'request_timeout'],
  ['a text that cannot be stored', new PostgresError({ code: '22021', message: 'secret' }), 400, 'validation_failed'],
  ['a mistake in SQL', new PostgresError({ code: '42601', message: 'secret' }), 500, 'unexpected_failure'],
  ['a mistake of ours', new TypeError('secret'), 500, 'unexpected_failure'],
  ['a text', 'secret', 500, 'unexpected_failure'],
];
for (const [sentence, thrown, status, code] of THROWN)
  test(`${sentence} is ${status} and says nothing about us`, () => {
    const answer = refusalAnswer(thrown, options);
    assert.deepEqual([answer.status, answer.body['code']], [status, code]);
    assert.ok(!JSON.stringify(answer.body).includes('secret'));
  });

const message = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

test('the address of a client is the socket’s, or what a proxy on this machine says', () => {
  assert.equal(clientAddress(message('203.0.113.9', '198.51.100.1')), '203.0.113.9');
  assert.equal(clientAddress(message('127.0.0.1', '198.51.100.1')), '198.51.100.1');
  assert.equal(clientAddress(message('::ffff:127.0.0.1', '10.9.9.9, 198.51.100.1')), '198.51.100.1');
  assert.equal(clientAddress(message('::ffff:203.0.113.9')), '203.0.113.9');
  assert.equal(clientAddress(message('::1', '2001:db8::7')), '2001:db8::7');
  for (const bad of ['nonsense', '300.1.1.1', '1.2.3', 'fe80::1%eth0', '::g', '[::7]', ''])
    assert.equal(clientAddress(message('::1', bad)), '::1', bad);
});
