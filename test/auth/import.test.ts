import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { createLog } from '#kernel/log.ts';
import { totpCode } from '../../src/services/auth/factors/totp.ts';
import { type ImportReport, importUsers } from '../../src/services/auth/import/import-users.ts';
import { type AuthServer, authServer } from './server.ts';

const log = createLog('fatal');
const PASSWORD = 'kept-over-the-years';
let server: AuthServer;
let hash: string;
before(async () => {
  hash = await bcrypt(PASSWORD, 4);
  server = await authServer({
    config: {
      auth: { site_url: 'http://localhost:9999', mfa: { totp: { enroll_enabled: true, verify_enabled: true } } },
    },
    sql: `create table public.profiles (id uuid primary key);
      grant insert on public.profiles to supabase_auth_admin;
      create function public.handle_new_user() returns trigger language plpgsql as $$
      begin insert into public.profiles values (new.id); return new; end $$;
      create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();`,
  });
});
after(() => server.close());

/** Comes in pieces that break words, escapes and signs of several bytes apart. */
function pieces(text: string, size = 7): Readable {
  const bytes = Buffer.from(text);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
    {
      objectMode: false,
    },
  );
}

const run = (text: string, more: { runTriggers?: boolean } = {}): Promise<ImportReport> =>
  importUsers({ services: server.db.services, input: pieces(text), log, ...more });

const signIn = (email: string, password = PASSWORD) => server.client().auth.signInWithPassword({ email, password });
const address = () => `u${randomUUID().slice(0, 8)}@example.com`;

test('a dump of pg_dump: people sign in with their passwords, identities come before or after their users', async () => {
  const [id, other, email] = [randomUUID(), randomUUID(), address()];
  const name = 'Zoë "the\\\\tab\\t" O\'Neil\u2028line';
  const report = await run(`--
-- PostgreSQL database dump
--
SET session_replication_role = replica;

CREATE FUNCTION public.f() RETURNS void LANGUAGE sql AS $_$
INSERT INTO auth.users (id, email) VALUES ('not', 'a row');
$_$;

COPY auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, id) FROM stdin;
${id}\t${id}\t{"sub": "${id}", "email": "${email}"}\temail\t2024-01-02 03:04:05+00\t2024-01-02 03:04:05+00\t2024-01-02 03:04:05+00\t${randomUUID()}
google-7\t${other}\t{"sub": "google-7"}\tgoogle\t\\N\t2024-01-02 03:04:05+00\t2024-01-02 03:04:05+00\t${randomUUID()}
\\.

COPY auth.refresh_tokens (instance_id, id, token, user_id) FROM stdin;
\\N\t1\tsecret\t${id}
\\.

COPY auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, confirmation_token, recovery_token, raw_app_meta_data, raw_user_meta_data, created_at, updated_at, phone, is_sso_user, is_anonymous, confirmed_at, strange_column) FROM stdin;
00000000-0000-0000-0000-000000000000\t${id}\tauthenticated\tauthenticated\t${email}\t${hash}\t2024-01-02 03:04:05.678+00\tpending\tpending\t{"provider": "email", "providers": ["email"], "n": 12345678901234567890}\t{"name": ${JSON.stringify(name).replaceAll('\\', '\\\\')}}\t2024-01-02 03:04:05+00\t2024-01-02 03:04:05+00\t\\N\tf\tf\t2024-01-02 03:04:05+00\twhat
\\N\t${other}\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t15550009999\tf\tf\t\\N\twhat
\\.
`);
  assert.deepEqual(report, { users: 2, identities: 2, factors: 0, passwords: 1, skipped: [] });
  const { data, error } = await signIn(email);
  assert.equal(error, null);
  assert.equal(data.user?.user_metadata['name'], JSON.parse(JSON.stringify(name)));
  assert.equal(data.user?.created_at, '2024-01-02T03:04:05.000Z');
  const [row] = await server.db.sql<Record<string, unknown>>(
    `select confirmation_token, recovery_token, raw_app_meta_data->>'n' as n, (select count(*) from auth.refresh_tokens) as tokens,
       (select count(*) from public.profiles where id = $1) as profiles from auth.users where id = $1`,
    [id],
  );
  assert.deepEqual(row, {
    confirmation_token: '',
    recovery_token: '',
    n: '12345678901234567890',
    tokens: '0',
    profiles: '0',
  });
});

test('a dump of `supabase db dump`: quoted names, many rows in one statement, quotes and newlines in values', async () => {
  const ids = [randomUUID(), randomUUID()];
  const emails = [address(), address()];
  const report = await run(`SET session_replication_role = replica;

INSERT INTO "auth"."audit_log_entries" ("instance_id", "id", "payload") VALUES
\t('0', '1', '{"a":"); INSERT INTO auth.users"}'),
\t(NULL, '2', '
INSERT INTO "auth"."users" ("id", "email") VALUES (''x'', ''y'');');

INSERT INTO "auth"."users" ("instance_id", "id", "email", "encrypted_password", "email_confirmed_at", "raw_user_meta_data", "is_super_admin", "email_change_confirm_status") VALUES
\t('00000000-0000-0000-0000-000000000000', '${ids[0]}', '${emails[0]}', '${hash}', '2024-01-02 03:04:05+00', '{"q": "it''s; (a) ''test''"}', NULL, 0),
\t('00000000-0000-0000-0000-000000000000', '${ids[1]}', '${emails[1]}', '', NULL, E'{"l": "a\\\\nb"}'::"jsonb", false, 0);

INSERT INTO "auth"."identities" ("provider_id", "user_id", "identity_data", "provider", "created_at") VALUES
\t('${ids[0]}', '${ids[0]}', '{"sub": "${ids[0]}", "email": "${emails[0]}"}', 'email', '2024-01-02 03:04:05+00');
`);
  assert.deepEqual(report, { users: 2, identities: 1, factors: 0, passwords: 1, skipped: [] });
  const { data, error } = await signIn(emails[0]!);
  assert.equal(error, null);
  assert.deepEqual(data.user?.user_metadata, { q: "it's; (a) 'test'" });
  const second = await server.admin().auth.admin.getUserById(ids[1]!);
  assert.deepEqual(second.data.user?.user_metadata, { l: 'a\nb' });
  assert.deepEqual(
    second.data.user?.identities?.map(({ provider }) => provider),
    ['email'],
    'made, because none came',
  );
});

test('CSV with a header: quotes, newlines in values, empty is null', async () => {
  const [id, email] = [randomUUID(), address()];
  const report = await run(
    `id,email,encrypted_password,email_confirmed_at,phone,raw_user_meta_data\r\n${id},${email.toUpperCase()},${hash},2024-01-02 03:04:05+00,,"{""bio"": ""a, b\\n c""}"\r\n`,
  );
  assert.deepEqual([report.users, report.passwords], [1, 1]);
  const { data, error } = await signIn(email);
  assert.equal(error, null);
  assert.deepEqual([data.user?.user_metadata, data.user?.phone], [{ bio: 'a, b\n c' }, '']);
});

test('JSON: rows of the tables, or users as the admin API shows them', async () => {
  const [a, b] = [address(), address()];
  const id = randomUUID();
  const users = [
    {
      id,
      email: a,
      encrypted_password: hash,
      email_confirmed_at: '2024-01-02T03:04:05Z',
      raw_user_meta_data: { k: [1] },
    },
    {
      id: randomUUID(),
      email: b,
      password_hash: hash,
      email_confirmed_at: '2024-01-02T03:04:05Z',
      user_metadata: { v: true },
      identities: [
        { id: 'gh-1', identity_id: randomUUID(), user_id: '', provider: 'github', identity_data: { sub: 'gh-1' } },
      ],
    },
  ];
  users[1]!.identities![0]!.user_id = users[1]!.id;
  const report = await run(JSON.stringify({ users, identities: [] }));
  assert.deepEqual([report.users, report.identities, report.passwords], [2, 1, 2]);
  assert.deepEqual((await signIn(a)).data.user?.user_metadata, { k: [1] });
  assert.deepEqual(
    (await signIn(b)).data.user?.identities?.map(({ provider }) => provider),
    ['github'],
  );
});

test('second factors go on: the next sign-in starts at aal1 and the app’s code raises it', async () => {
  const [id, factor, email, secret] = [randomUUID(), randomUUID(), address(), 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'];
  const at = '2024-01-02T03:04:05Z';
  const factors = [
    {
      id: factor,
      user_id: id,
      friendly_name: 'app',
      factor_type: 'totp',
      status: 'verified',
      secret,
      created_at: at,
      updated_at: at,
    },
    {
      id: randomUUID(),
      user_id: id,
      friendly_name: 'key',
      factor_type: 'webauthn',
      status: 'verified',
      created_at: at,
      updated_at: at,
    },
  ];
  const user = { id, email, encrypted_password: hash, email_confirmed_at: at };
  assert.equal((await run(JSON.stringify({ users: [user], mfa_factors: factors }))).factors, 1);
  const client = server.client();
  await client.auth.signInWithPassword({ email, password: PASSWORD });
  const level = await client.auth.mfa.getAuthenticatorAssuranceLevel();
  assert.deepEqual([level.data?.currentLevel, level.data?.nextLevel], ['aal1', 'aal2']);
  const code = totpCode(secret, Date.now());
  assert.equal((await client.auth.mfa.challengeAndVerify({ factorId: factor, code })).error, null);
});

test('a second run changes nothing, and says who was there', async () => {
  const [id, email] = [randomUUID(), address()];
  const dump = JSON.stringify([
    { id, email, encrypted_password: hash },
    { id: randomUUID(), email: email.toUpperCase() },
  ]);
  const first = await run(dump);
  assert.equal(first.users, 1);
  assert.match(first.skipped[0]!.reason, /^the address .* belongs to another user$/);
  const again = await run(dump);
  assert.deepEqual([again.users, again.identities, again.skipped.length], [0, 0, 2]);
  assert.equal(again.skipped[0]!.reason, 'a user with this id is there already');
});

test('the app’s trigger runs only when that is wanted, and is on again afterwards', async () => {
  const [id, email] = [randomUUID(), address()];
  await run(JSON.stringify([{ id, email }]), { runTriggers: true });
  assert.equal((await server.db.sql('select from public.profiles where id = $1', [id])).length, 1);
  const { data } = await server.admin().auth.admin.createUser({ email: address() });
  assert.equal((await server.db.sql('select from public.profiles where id = $1', [data.user!.id])).length, 1);
});

test('a value that does not fit leaves nothing behind, and a file that is no dump is named', async () => {
  const email = address();
  await assert.rejects(
    run(
      JSON.stringify([
        { id: randomUUID(), email },
        { id: 'no uuid', email: address() },
      ]),
    ),
  );
  assert.deepEqual(await server.db.sql('select from auth.users where email = $1', [email]), []);
  await assert.rejects(run('just, some\nwords, here\n'), /names no columns of auth\.users/);
  await assert.rejects(run('{"people": []}'), /holds no users/);
  await assert.rejects(run('{"users": ['), /is not JSON/);
});

test('five thousand users come in one go', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `${randomUUID()},bulk${i}@example.com,${hash}`);
  const report = await importUsers({
    services: server.db.services,
    input: pieces(`id,email,encrypted_password\n${rows.join('\n')}\n`, 65_536),
    log,
  });
  assert.deepEqual([report.users, report.passwords, report.skipped.length], [5000, 5000, 0]);
  const [row] = await server.db.sql<{ n: string }>(
    `select count(*) as n from auth.identities where email like 'bulk%'`,
  );
  assert.equal(row!.n, '5000');
});
