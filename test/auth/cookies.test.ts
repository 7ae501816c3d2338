/** What an app with @supabase/ssr does: the browser begins, the server ends, and between them there are only cookies. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type AuthServer, authServer } from './server.ts';

const SITE = 'http://localhost:9999';
const WELCOME = `${SITE}/auth/callback?next=/account`;
let server: AuthServer;
before(async () => {
  server = await authServer({
    config: {
      auth: {
        site_url: SITE,
        additional_redirect_urls: [`${SITE}/**`],
        rate_limit: { email_sent: 10_000 },
        email: { enable_confirmations: true, double_confirm_changes: true, max_frequency: '0s' },
      },
    },
  });
});
after(() => server.close());

const CHUNK = 3180;

/** Values cut into cookies of a size that browsers keep, as @supabase/ssr cuts them. */
function cookieJar() {
  const jar = new Map<string, string>();
  const removeItem = (key: string) => {
    for (const name of [...jar.keys()]) if (name === key || name.startsWith(`${key}.`)) jar.delete(name);
  };
  return {
    jar,
    getItem: (key: string) => {
      const parts: string[] = [];
      for (let part = jar.get(`${key}.0`); part !== undefined; part = jar.get(`${key}.${parts.length}`))
        parts.push(part);
      return parts.length > 0 ? Buffer.from(parts.join(''), 'base64url').toString() : null;
    },
    setItem: (key: string, value: string) => {
      removeItem(key);
      const encoded = Buffer.from(value).toString('base64url');
      for (let i = 0; i * CHUNK < encoded.length; i++)
        jar.set(`${key}.${i}`, encoded.slice(i * CHUNK, (i + 1) * CHUNK));
    },
    removeItem,
  };
}

/** A page and a route handler of one app: two clients over the same cookies. */
function app() {
  const storage = cookieJar();
  const open = () => server.client({ flowType: 'pkce', persistSession: true, storage }).auth;
  return { storage, browser: open(), handler: open };
}

async function followed(link: string) {
  const answer = await fetch(link, { redirect: 'manual' });
  return { status: answer.status, target: new URL(answer.headers.get('location')!) };
}

const password = 'Passw0rd-1';
const address = () => `c${randomUUID().slice(0, 8)}@example.com`;

async function signedIn() {
  const email = address();
  const { storage, browser, handler } = app();
  assert.equal((await browser.signUp({ email, password, options: { emailRedirectTo: WELCOME } })).error, null);
  const { status, target } = await followed((await server.mailbox.next(email)).link!);
  assert.equal(status, 303);
  assert.equal(target.hash, '');
  assert.equal(target.searchParams.get('next'), '/account');
  const { data, error } = await handler().exchangeCodeForSession(target.searchParams.get('code')!);
  assert.equal(error, null);
  assert.equal(data.session?.user.email, email);
  return { email, storage, browser, handler };
}

test('a sign-up ends in a route handler with the code of the link, and every later request reads the cookies', async () => {
  const { email, handler, storage } = await signedIn();
  assert.ok([...storage.jar.keys()].some((name) => name.endsWith('-auth-token.0')));
  assert.equal((await handler().getUser()).data.user?.email, email);
  assert.equal((await handler().getClaims()).data?.claims['email'], email);
  const before = (await handler().getSession()).data.session?.refresh_token;
  assert.equal((await handler().refreshSession()).error, null);
  assert.notEqual((await handler().getSession()).data.session?.refresh_token, before);
  assert.equal((await handler().signOut()).error, null);
  assert.equal((await handler().getUser()).error?.name, 'AuthSessionMissingError');
});

test('a forgotten password comes back as a recovery, and the new one counts', async () => {
  const { email } = await signedIn();
  const { browser, handler } = app();
  assert.equal((await browser.resetPasswordForEmail(email, { redirectTo: WELCOME })).error, null);
  const { target } = await followed((await server.mailbox.next(email)).link!);
  const { data, error } = await handler().exchangeCodeForSession(target.searchParams.get('code')!);
  assert.equal(error, null);
  assert.equal((data as { redirectType?: string | null }).redirectType, 'recovery');
  assert.equal((await handler().updateUser({ password: `${password}x` })).error, null);
  assert.equal((await server.client().auth.signInWithPassword({ email, password: `${password}x` })).error, null);
});

test('a change of address tells of the second link in the query, and the second link brings a code', async () => {
  const { email, handler } = await signedIn();
  const wanted = address();
  assert.equal((await handler().updateUser({ email: wanted }, { emailRedirectTo: WELCOME })).error, null);
  const first = await followed((await server.mailbox.next(wanted)).link!);
  assert.match(`${first.target.search}${first.target.hash}`, /message=Confirmation\+link\+accepted/);
  assert.equal(first.target.searchParams.get('code'), null);
  const second = await followed((await server.mailbox.next(email)).link!);
  const { data, error } = await handler().exchangeCodeForSession(second.target.searchParams.get('code')!);
  assert.equal(error, null);
  assert.equal(data.user?.email, wanted);
});

test('a link that is used up says so where a handler reads it, and no code comes', async () => {
  const email = address();
  const { browser } = app();
  await browser.signUp({ email, password, options: { emailRedirectTo: WELCOME } });
  const { link } = await server.mailbox.next(email);
  await followed(link!);
  const { target } = await followed(link!);
  assert.deepEqual(
    [target.searchParams.get('error'), target.searchParams.get('error_code')],
    ['access_denied', 'otp_expired'],
  );
  assert.equal(target.searchParams.get('code'), null);
});

test('a code that another browser began is refused here, and goes on being good there', async () => {
  const email = address();
  const [mine, other] = [app(), app()];
  await mine.browser.signUp({ email, password, options: { emailRedirectTo: WELCOME } });
  await other.browser.signUp({ email: address(), password, options: { emailRedirectTo: WELCOME } });
  const { target } = await followed((await server.mailbox.next(email)).link!);
  const code = target.searchParams.get('code')!;
  const refused = await other.handler().exchangeCodeForSession(code);
  assert.deepEqual([refused.error?.status, refused.error?.code], [400, 'bad_code_verifier']);
  assert.equal((await mine.handler().exchangeCodeForSession(code)).error, null);
});
