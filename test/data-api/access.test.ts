import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { fixtureSettings, signedIn, token } from './fixture.ts';
import { type DataApiFixture, startFixture, startServer } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture({ PGRST_DB_PRE_REQUEST: 'sky.gatekeeper', PGRST_APP_SETTINGS_COLOUR: 'blue' });
});
after(() => fixture[Symbol.asyncDispose]());

const bearer = (jwt: string) => ({ Authorization: `Bearer ${jwt}` });

describe('rows and columns', () => {
  const bodies = async (observer?: number) =>
    (await fixture.server.get('/reports?select=body&order=body', await signedIn(observer))).json;

  test('the policy follows the hierarchy: each sees their own and those below', async () => {
    const seen = (...names: string[]) => names.map((name) => ({ body: `by ${name}` }));
    assert.deepEqual(await bodies(1), seen('Andrea', 'Jocelyn', 'Vera'));
    assert.deepEqual(await bodies(2), seen('Andrea', 'Jocelyn'));
    assert.deepEqual(await bodies(3), seen('Andrea'));
    assert.deepEqual(await bodies(), []);
  });

  test('embedding and counting see no more than the policy', async () => {
    const answer = await fixture.server.get('/observers?select=name,reports(body)&id=eq.4', await signedIn(1));
    assert.deepEqual(answer.json, [{ name: 'Edwin', reports: [] }]);
    const counted = await fixture.server.get('/reports?select=id&limit=0', {
      ...(await signedIn(3)),
      Prefer: 'count=exact',
    });
    assert.equal(counted.headers.get('content-range'), '*/1');
  });

  test('a row for somebody else is refused: 403 when signed in', async () => {
    const body = { author_id: 1, body: 'forged' };
    const { status, json } = await fixture.server.request('POST', '/reports', { body, headers: await signedIn(2) });
    assert.deepEqual([status, (json as { code: string }).code], [403, '42501']);
  });

  for (const path of [
    '/payroll',
    '/reports',
    '/observers?select=salary',
    '/observers?salary=gt.1',
    '/observers?order=salary',
  ])
    test(`${path} is 401 for nobody in particular`, async () => {
      const { status, json } = await fixture.server.get(path);
      assert.deepEqual([status, (json as { code: string }).code], [401, '42501']);
    });

  test('a policy that never ends is an error of the database, and the next request is well', async () => {
    const { status, json } = await fixture.server.get('/loops');
    assert.deepEqual([status, (json as { code: string }).code], [500, '42P17']);
    assert.equal((await fixture.server.get('/observatories')).status, 200);
  });
});

describe('tokens', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const codeAndMessage = async (jwt: string) => {
    const { status, json, headers } = await fixture.server.get('/observatories', bearer(jwt));
    const { code, message } = json as { code: string; message: string };
    return { status, code, message, challenge: headers.get('www-authenticate') };
  };

  test('an expired token is refused in PostgREST’s words', async () => {
    const jwt = await token({ role: 'authenticated', exp: now() - 3600 });
    assert.deepEqual(await codeAndMessage(jwt), {
      status: 401,
      code: 'PGRST303',
      message: 'JWT expired',
      challenge: 'Bearer error="invalid_token", error_description="JWT expired"',
    });
  });

  test('thirty seconds of clock skew are allowed', async () => {
    const jwt = await token({ role: 'authenticated', exp: now() - 10, nbf: now() + 10, iat: now() + 10 });
    assert.equal((await fixture.server.get('/observatories', bearer(jwt))).status, 200);
  });

  test('a token of another key, or none at all, is 401', async () => {
    const other = await token({ role: 'authenticated' }, 'another secret, of 32 bytes or more');
    assert.deepEqual([(await codeAndMessage(other)).status, (await codeAndMessage(other)).code], [401, 'PGRST301']);
    assert.equal((await codeAndMessage('no.token')).status, 401);
    assert.equal((await codeAndMessage(`${other.split('.')[0]}..`)).status, 401);
  });

  test('a token without a signature algorithm is refused', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none' })}.${part({ role: 'service_role' })}.`;
    assert.equal((await codeAndMessage(unsigned)).status, 401);
  });

  test('a role that is not there, or that the login may not become, is refused', async () => {
    assert.equal((await codeAndMessage(await token({ role: 'nobody_at_all' }))).status, 401);
    assert.ok([401, 403].includes((await codeAndMessage(await token({ role: 'postgres' }))).status));
  });

  test('claims, headers, path and app settings are there for SQL, and gone with the request', async () => {
    const jwt = await token({ role: 'authenticated', observer: 3, deep: { list: [1] } });
    const claims = await fixture.server.get('/rpc/claims', bearer(jwt));
    assert.deepEqual(claims.json, { role: 'authenticated', observer: 3, deep: { list: [1] } });
    const setting = async (name: string, headers = {}) =>
      (await fixture.server.get(`/rpc/setting?name=${name}`, headers)).json;
    assert.equal(await setting('request.method'), 'GET');
    assert.equal(await setting('request.path'), '/rpc/setting');
    assert.equal(await setting('app.settings.COLOUR'), 'blue');
    assert.equal(await setting('role', bearer(jwt)), 'authenticated');
    assert.equal(await setting('role'), 'anon');
    assert.match(String(await setting('request.headers', { 'X-Trace': 'ü ab' })), /"x-trace"/);
    assert.match(String(await setting('request.cookies', { Cookie: 'a=b; c=d' })), /"a":\s*"b"/);
  });
});

test('the pre-request function may refuse', async () => {
  const { status, json } = await fixture.server.get('/observatories', { 'X-Blocked': 'yes' });
  assert.equal(status, 401);
  assert.equal((json as { message: string }).message, 'blocked before the request');
});

test('without an anonymous role a request without a token is refused', async () => {
  const { PGRST_DB_ANON_ROLE: _, ...settings } = fixtureSettings(fixture.db.target);
  await using server = await startServer(settings);
  const { status, json, headers } = await server.get('/observatories');
  assert.deepEqual([status, (json as { code: string }).code], [401, 'PGRST302']);
  assert.equal(headers.get('www-authenticate'), 'Bearer');
  assert.equal((await server.get('/observatories', await signedIn())).status, 200);
});

for (const algorithm of ['RS256', 'ES256', 'EdDSA'])
  test(`a token signed with ${algorithm} is verified with the key set, by the key it names`, async () => {
    const [ours, theirs] = [await generateKeyPair(algorithm), await generateKeyPair(algorithm)];
    const keys = [{ ...(await exportJWK(ours.publicKey)), kid: 'now', alg: algorithm }];
    const secret = JSON.stringify({ keys });
    await using server = await startServer({ ...fixtureSettings(fixture.db.target), PGRST_JWT_SECRET: secret });
    const signed = (key: CryptoKey, kid: string) =>
      new SignJWT({ role: 'authenticated' }).setProtectedHeader({ alg: algorithm, kid }).sign(key);
    const role = async (jwt: string) => await server.get('/rpc/setting?name=role', bearer(jwt));
    assert.equal((await role(await signed(ours.privateKey, 'now'))).json, 'authenticated');
    assert.equal((await role(await signed(theirs.privateKey, 'now'))).status, 401);
    const confused = await token({ role: 'service_role' }, JSON.stringify(keys[0]));
    assert.equal((await role(confused)).status, 401);
  });

test('settings of the role hold for its requests', async () => {
  await fixture.db.sql(
    `create role patient nologin; grant patient to authenticator; grant usage on schema sky to patient`,
  );
  await fixture.db.sql(`alter role patient set statement_timeout = '100ms'`);
  await fixture.db.sql(`alter role patient set default_transaction_isolation = 'repeatable read'`);
  await using server = await startServer(fixtureSettings(fixture.db.target));
  const setting = async (name: string) =>
    (await server.get(`/rpc/setting?name=${name}`, bearer(await token({ role: 'patient' })))).json;
  assert.equal(await setting('statement_timeout'), '100ms');
  assert.equal(await setting('transaction_isolation'), 'repeatable read');
  await fixture.db.sql('drop owned by patient; drop role patient');
});

test('audience and role path are followed', async () => {
  const settings = { PGRST_JWT_AUD: 'us', PGRST_JWT_ROLE_CLAIM_KEY: '."app.data".roles[1]' };
  await using server = await startServer({ ...fixtureSettings(fixture.db.target), ...settings });
  const claims = { 'app.data': { roles: ['x', 'authenticated'] } };
  const role = async (more: object) =>
    await server.get('/rpc/setting?name=role', bearer(await token({ ...claims, ...more })));
  assert.equal((await role({ aud: ['them', 'us'] })).json, 'authenticated');
  const wrong = await role({ aud: 'them' });
  assert.deepEqual([wrong.status, (wrong.json as { message: string }).message], [401, 'JWT not in audience']);
});
