import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FunctionsClient, FunctionsHttpError, FunctionsRelayError } from '@supabase/functions-js';
import { pino } from 'pino';
import { createTokens, type Tokens } from '#kernel/tokens.ts';
import { type Functions, functionsOf, openFunctions } from '#services/functions/api.ts';
import { readProjectFolder } from '#services/project-folder/api.ts';

const SOURCE = fileURLToPath(new URL('project/', import.meta.url));

const root = mkdtempSync(join(tmpdir(), 'freehold-functions-'));
const lines: string[] = [];
let functions: Functions;
let server: Server;
let tokens: Tokens;
let url: string;
let client: FunctionsClient;

before(async () => {
  cpSync(SOURCE, root, { recursive: true });
  const folder = readProjectFolder(root, { lookup: () => undefined });
  tokens = await createTokens({ jwtSecret: 'a secret of the tests, 32 characters long' });
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  functions = await openFunctions({
    functions: functionsOf(folder.paths.supabase, folder.config.table),
    handlers: {
      native: {
        verifyJwt: true,
        handle: async (request, { identity }) => Response.json({ role: identity.role, said: await request.text() }),
      },
    },
    environment: () => ({ SUPABASE_URL: 'http://127.0.0.1:54321', SUPABASE_ANON_KEY: tokens.anonKey }),
    verify: tokens.verify,
    log,
    limits: { memoryMb: 96, blockedMs: 1500, answerMs: 20_000 },
    watch: true,
  });
  server = createServer(functions.listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/functions/v1`;
  client = new FunctionsClient(url, { headers: { Authorization: `Bearer ${tokens.anonKey}` } });
});
after(async () => {
  server.close();
  server.closeAllConnections();
  await functions.close();
  rmSync(root, { recursive: true, force: true });
});

const asAnon = () => ({ authorization: `Bearer ${tokens.anonKey}` });
const logged = async (text: string) => {
  while (!lines.some((line) => line.includes(text))) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('a script answers with text, and the headers it set', async () => {
  const { data, error, response } = await client.invoke('hello');
  assert.equal(error, null);
  assert.equal(data, 'Hello World');
  assert.equal(response?.headers.get('access-control-allow-origin'), 'https://app.example');
});

test('method, path below the name, query, headers and body arrive', async () => {
  const answer = await fetch(`${url}/echo/a/b?x=1`, {
    method: 'PATCH',
    headers: { ...asAnon(), 'x-custom': 'mine', 'x-request-id': 'ignored' },
    body: 'grüße',
  });
  const expected = { method: 'PATCH', path: '/echo/a/b', query: '?x=1', header: 'mine', body: 'grüße' };
  assert.deepEqual(await answer.json(), expected);
});

test('what a script logs carries its name and the id of the request', async () => {
  await client.invoke('echo', { body: { a: 1 } });
  await logged('echoed POST');
  const line = JSON.parse(lines.find((each) => each.includes('echoed POST'))!);
  assert.equal(line.function, 'echo');
  assert.match(line.requestId, /^[0-9a-f-]{36}$/);
});

for (const status of [200, 204, 302, 400, 404, 500, 503])
  test(`status ${status} of a script passes through, with both its cookies`, async () => {
    const answer = await fetch(`${url}/status/${status}`, { headers: asAnon(), redirect: 'manual' });
    assert.equal(answer.status, status);
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.equal(answer.headers.get('x-relay-error'), null);
  });

test('an error status is a FunctionsHttpError with the answer in it', async () => {
  const { error } = await client.invoke('status/418');
  assert.ok(error instanceof FunctionsHttpError);
  assert.equal(await error.context.text(), 'answered 418');
});

test('server-sent events stream: they arrive while the answer is still open', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`${url}/stream`, { headers: asAnon(), signal: leaving.signal });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  let text = '';
  const decoded = answer.body!.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>;
  for await (const part of decoded) {
    text += part;
    if (text.includes('event 3')) break;
  }
  leaving.abort();
  assert.match(text, /event 1\n\ndata: event 2\n\ndata: event 3/);
});

test('form data goes there and back, files among it', async () => {
  const form = new FormData();
  form.set('name', 'Ada');
  form.set('file', new File([new Uint8Array(300_000)], 'picture.bin'));
  const { data, error } = await client.invoke<FormData>('form-data', { body: form });
  assert.equal(error, null);
  assert.equal(data!.get('name'), 'Ada');
  assert.equal(data!.get('size'), '300000');
  assert.equal((data!.get('file') as File).name, 'picture.bin');
});

test('serve of the standard library and packages from a CDN are found where they are installed', async () => {
  assert.deepEqual((await client.invoke('classic')).data, { client: 'function' });
});

test('a default export with fetch serves, and work after the answer is done', async () => {
  assert.deepEqual((await client.invoke('later')).data, { accepted: 'POST' });
  await logged('done later');
});

test('secrets and the import map are the script’s; the environment of the server is not', async () => {
  assert.deepEqual((await client.invoke('secret')).data, {
    key: 'sk_of_the_test',
    url: 'http://127.0.0.1:54321',
    home: null,
    client: 'function',
    origin: 'https://app.example',
  });
});

test('a script that cannot run is named at the start with what is missing, and answers 503', async () => {
  assert.deepEqual(functions.warnings, [
    'functions/broken cannot run: npm:a-package-that-nobody-installed@1 is not installed; run: npm install a-package-that-nobody-installed',
  ]);
  const { error } = await client.invoke('broken');
  assert.ok(error instanceof FunctionsRelayError);
  assert.equal(error.context.status, 503);
  assert.equal((await error.context.json()).code, 'BOOT_ERROR');
});

test('without a token, or with a wrong one, a script that asks for tokens is not called', async () => {
  for (const headers of [{}, { authorization: 'Bearer wrong' }] as Record<string, string>[]) {
    const answer = await fetch(`${url}/hello`, { headers });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('x-relay-error'), 'true');
  }
  assert.equal(await (await fetch(`${url}/open`)).text(), 'nobody');
});

test('an unknown function is 404, and names that are paths are unknown', async () => {
  for (const name of ['unknown', '../../hello', '_shared', '%2e%2e/hello', '__proto__', 'constructor'])
    assert.equal((await fetch(`${url}/${name}`, { headers: asAnon() })).status, 404);
});

test('a throw is 500 and the worker goes on; an exit or an unhandled rejection ends it, and the next request finds a new one', async () => {
  const count = async () => ((await client.invoke('crash')).data as { answered: number }).answered;
  const first = await count();
  const thrown = await fetch(`${url}/crash?throw`, { headers: asAnon() });
  assert.deepEqual([thrown.status, await thrown.text()], [500, 'Internal Server Error']);
  assert.equal(await count(), first + 1);
  const left = await fetch(`${url}/crash?exit`, { headers: asAnon() });
  assert.deepEqual([left.status, (await left.json()).code], [500, 'WORKER_ERROR']);
  assert.equal(await count(), 1);
});

test('an endless loop is ended and told, while other functions answer', async () => {
  const stuck = fetch(`${url}/endless?loop`, { headers: asAnon() });
  for (let n = 0; n < 5; n += 1) assert.equal((await client.invoke('hello')).data, 'Hello World');
  const answer = await stuck;
  assert.deepEqual([answer.status, (await answer.json()).code], [546, 'WORKER_LIMIT']);
  assert.equal(await (await fetch(`${url}/endless`, { headers: asAnon() })).text(), 'fine');
});

for (const what of ['objects', 'buffers'])
  test(`a script that takes too much memory in ${what} is ended and told`, async () => {
    const answer = await fetch(`${url}/greedy?${what}`, { headers: asAnon() });
    assert.deepEqual([answer.status, (await answer.json()).code], [546, 'WORKER_LIMIT']);
    assert.equal((await client.invoke('hello')).data, 'Hello World');
  });

test('a changed file is what answers next', async () => {
  assert.equal((await client.invoke('open')).data, `Bearer ${tokens.anonKey}`);
  const file = join(root, 'supabase', 'functions', 'open', 'index.ts');
  writeFileSync(file, "Deno.serve(() => new Response('changed'));");
  await logged('its files changed');
  assert.equal((await client.invoke('open')).data, 'changed');
});

test('a product’s handler answers through the same door', async () => {
  const { data } = await client.invoke('native', { body: 'hi' });
  assert.deepEqual(data, { role: 'anon', said: 'hi' });
  assert.equal((await fetch(`${url}/native`)).status, 401);
});

test('a caller who leaves ends the request to the script, and a body half sent harms nobody', async () => {
  const leaving = new AbortController();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1000)),
  });
  const sent = fetch(`${url}/echo`, {
    method: 'POST',
    headers: asAnon(),
    body,
    duplex: 'half',
    signal: leaving.signal,
  } as RequestInit);
  leaving.abort();
  await assert.rejects(sent);
  assert.equal((await client.invoke('hello')).data, 'Hello World');
});
