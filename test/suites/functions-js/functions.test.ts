import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  FunctionRegion,
  FunctionsClient,
  FunctionsFetchError,
  FunctionsHttpError,
  FunctionsRelayError,
} from '@supabase/functions-js';
import { createClient } from '@supabase/supabase-js';
import { signed, startSuite } from '../suite.ts';

const ready = await startSuite('functions-js');
const url = `${ready.url}/functions/v1`;
const client = new FunctionsClient(url, { headers: { Authorization: `Bearer ${ready.anonKey}` } });

interface Mirrored {
  readonly url: string;
  readonly method: string;
  readonly headers: [string, string][];
  readonly body: unknown;
}
const mirrored = async (options: Parameters<FunctionsClient['invoke']>[1], through = client): Promise<Mirrored> => {
  const { data, error } = await through.invoke('mirror', options);
  assert.equal(error, null);
  if (data instanceof Blob) return JSON.parse(await data.text());
  return typeof data === 'string' ? JSON.parse(data) : data;
};
const header = (answer: Mirrored, name: string) => answer.headers.find(([key]) => key === name)?.[1];

describe('hello', () => {
  test('answers with text, with and without the client of the whole', async () => {
    const { data, error, response } = await client.invoke<string>('hello');
    assert.equal(error, null);
    assert.equal(data, 'Hello World');
    assert.equal(response!.status, 200);
    const whole = await createClient(ready.url, ready.anonKey).functions.invoke('hello', { body: { name: 'Ada' } });
    assert.deepEqual([whole.data, whole.error], [{ message: 'Hello Ada!' }, null]);
  });

  test('takes the token that setAuth sets', async () => {
    const own = new FunctionsClient(url);
    own.setAuth(ready.anonKey);
    assert.equal((await own.invoke('hello')).data, 'Hello World');
  });

  test('refuses who has no token, a token that is none, a token of another secret and one that is over', async () => {
    const expired = await signed({ role: 'anon' }, '-1h');
    const tokens = ['nothing', `${ready.anonKey}123`, expired];
    const all: Record<string, string>[] = [{}, ...tokens.map((token) => ({ Authorization: `Bearer ${token}` }))];
    for (const headers of all) {
      const { data, error, response } = await new FunctionsClient(url, { headers }).invoke('hello');
      assert.equal(data, null);
      assert.ok(error instanceof FunctionsRelayError || error instanceof FunctionsHttpError);
      assert.equal(error.context.status, 401);
      assert.equal(response, error.context);
    }
  });

  test('takes keys of the new kind, which are no tokens', async () => {
    const { data, error } = await createClient(ready.url, ready.publishableKey).functions.invoke('open');
    assert.equal(error, null);
    assert.deepEqual(data.greeting, 'hello from the configuration');
  });
});

describe('bodies', () => {
  test('of every kind arrive with their type', async () => {
    const text = await mirrored({ body: 'a text', headers: { 'custom-header': 'value' } });
    assert.deepEqual(
      [text.body, header(text, 'content-type'), header(text, 'custom-header')],
      ['a text', 'text/plain', 'value'],
    );
    const json = await mirrored({ body: { data: 'hello', ünï: ['ß'] }, headers: { 'response-type': 'json' } });
    assert.deepEqual([json.body, header(json, 'content-type')], [{ data: 'hello', ünï: ['ß'] }, 'application/json']);
    const form = new FormData();
    form.append('a', 'b');
    const asForm = await mirrored({ body: form, headers: { 'response-type': 'form' } });
    assert.deepEqual(asForm.body, [['a', 'b']]);
    assert.match(header(asForm, 'content-type')!, /^multipart\/form-data; boundary=/);
    const bytes = new TextEncoder().encode('bytes').buffer;
    const buffer = await mirrored({ body: bytes, headers: { 'response-type': 'arrayBuffer' } });
    assert.deepEqual([buffer.body, header(buffer, 'content-type')], ['bytes', 'application/octet-stream']);
    const blob = await mirrored({
      body: new Blob(['blob'], { type: 'image/x' }),
      headers: { 'response-type': 'blob' },
    });
    assert.deepEqual([blob.body, header(blob, 'content-type')], ['blob', 'image/x']);
    const named = await mirrored({
      body: '{"a":1}',
      headers: { 'Content-Type': 'application/json', 'response-type': 'json' },
    });
    assert.deepEqual(named.body, { a: 1 });
  });

  test('the script sees method, address and headers of the caller', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await mirrored({ method, headers: { 'x-a': 'ä'.normalize('NFD').slice(0, 1) } });
      assert.equal(answer.method, method);
      assert.equal(new URL(answer.url).pathname, '/mirror');
      assert.equal(header(answer, 'authorization'), `Bearer ${ready.anonKey}`);
      assert.equal(header(answer, 'x-a'), 'a');
    }
  });

  test('the region is told by header and address', async () => {
    const regional = new FunctionsClient(url, {
      headers: { Authorization: `Bearer ${ready.anonKey}` },
      region: FunctionRegion.ApNortheast1,
    });
    const first = await mirrored({}, regional);
    assert.equal(header(first, 'x-region'), 'ap-northeast-1');
    assert.equal(new URL(first.url).searchParams.get('forceFunctionRegion'), 'ap-northeast-1');
    const other = await mirrored({ region: FunctionRegion.EuCentral1 }, regional);
    assert.equal(header(other, 'x-region'), 'eu-central-1');
    const any = await mirrored({ region: FunctionRegion.Any }, regional);
    assert.equal(header(any, 'x-region'), undefined);
  });

  test('come back as they were sent, ten megabytes too', async () => {
    const large = new Uint8Array(10_000_000).map((_, n) => n % 251);
    const { data } = await client.invoke<Blob>('echo', { body: new Blob([large]) });
    assert.equal(Buffer.from(await data!.arrayBuffer()).equals(large), true);
    const { data: json } = await client.invoke('echo', { body: { a: [1, null, 'ß'] } });
    assert.deepEqual(json, { a: [1, null, 'ß'] });
    const { data: text } = await client.invoke('echo', { body: 'grüße' });
    assert.equal(text, 'grüße');
  });

  test('of answers are read by their type', async () => {
    const pdf = await client.invoke<Blob>('pdf');
    assert.deepEqual([pdf.data!.type, await pdf.data!.text()], ['application/pdf', '%PDF-1.7']);
    const binary = await client.invoke<Blob>('binary');
    assert.deepEqual(new Uint8Array(await binary.data!.arrayBuffer()), new Uint8Array([0, 1, 255]));
  });

  test('of forms go there and back with files', async () => {
    const form = new FormData();
    form.set('name', 'Ada');
    form.set('file', new File(['words'], 'words.txt', { type: 'text/plain' }));
    const { data, error } = await client.invoke<FormData>('form-data', { body: form });
    assert.equal(error, null);
    assert.equal(data!.get('name'), 'Ada came');
    const file = data!.get('file') as File;
    assert.deepEqual([file.name, await file.text()], ['words.txt', 'WORDS']);
  });
});

describe('statuses', () => {
  for (const status of [200, 201, 204])
    test(`${status} is no error`, async () => {
      const { data, error, response } = await client.invoke('status', { body: { status, body: { fine: true } } });
      if (status === 204) assert.equal(response?.status ?? 204, 204);
      else assert.deepEqual([data, error, response!.status], [{ fine: true }, null, status]);
    });

  for (const status of [400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503])
    test(`${status} is an error of the function, with its answer`, async () => {
      const { data, error, response } = await client.invoke('status', {
        body: { status, headers: { 'x-mine': 'kept' } },
      });
      assert.equal(data, null);
      assert.ok(error instanceof FunctionsHttpError);
      assert.equal(error.name, 'FunctionsHttpError');
      assert.equal(error.message, 'Edge Function returned a non-2xx status code');
      assert.deepEqual([error.context.status, await error.context.json()], [status, { error: 'as asked' }]);
      assert.equal(response!.headers.get('x-mine'), 'kept');
    });

  test('a function that says it is the relay is believed', async () => {
    const { error } = await client.invoke('status', { body: { status: 200, headers: { 'x-relay-error': 'true' } } });
    assert.ok(error instanceof FunctionsRelayError);
  });

  test('what a function throws is not told', async () => {
    const { error } = await client.invoke('throws');
    assert.ok(error instanceof FunctionsHttpError || error instanceof FunctionsRelayError);
    assert.equal(error.context.status, 500);
    assert.doesNotMatch(await error.context.text(), /secret of the inside/);
  });

  test('a function that nobody wrote is not found', async () => {
    const { error } = await client.invoke('nobody-wrote-this');
    assert.ok(error instanceof FunctionsHttpError || error instanceof FunctionsRelayError);
    assert.equal(error.context.status, 404);
  });
});

describe('time', () => {
  test('a stream arrives piece by piece', async () => {
    const answer = await fetch(`${url}/stream`, { headers: { authorization: `Bearer ${ready.anonKey}` } });
    const pieces: string[] = [];
    for await (const piece of answer.body!.pipeThrough(
      new TextDecoderStream() as never,
    ) as never as AsyncIterable<string>)
      pieces.push(piece);
    assert.ok(pieces.length > 1, 'in more than one piece');
    assert.equal(pieces.join(''), [1, 2, 3, 4, 5].map((n) => `chunk ${n}\n`).join(''));
    assert.equal((await client.invoke('stream')).data, pieces.join(''));
  });

  test('events come as a Response that is still open', async () => {
    const { data } = await client.invoke<Response>('sse');
    assert.ok(data instanceof Response);
    const reader = data.body!.getReader();
    const { value } = await reader.read();
    assert.match(new TextDecoder().decode(value), /^data: \{"at":\d+\}\n\n/);
    await reader.cancel();
  });

  test('a timeout and an abort end the call as errors of the fetch', async () => {
    const timed = await client.invoke('slow', { timeout: 200 });
    assert.ok(timed.error instanceof FunctionsFetchError);
    assert.equal(timed.error.context.name, 'AbortError');
    assert.equal(timed.response, undefined);
    const abort = new AbortController();
    const call = client.invoke('slow', { signal: abort.signal });
    abort.abort();
    assert.ok((await call).error instanceof FunctionsFetchError);
    assert.equal((await client.invoke('slow', { timeout: 20_000 })).data, 'Slow Response');
  });
});

describe('as people', () => {
  test('a function acts as who calls it, and as the service', async () => {
    const supabase = createClient(ready.url, ready.anonKey, { auth: { persistSession: false } });
    const email = 'ann@example.com';
    const { error } = await supabase.auth.signUp({ email, password: 'password of ann' });
    assert.equal(error, null);
    await supabase.from('notes').insert([{ body: 'one' }, { body: 'two' }]);
    const mine = await supabase.functions.invoke('as-caller');
    assert.deepEqual(mine.data, { user: email, notes: [{ body: 'one' }, { body: 'two' }], error: null, all: 2 });
    await supabase.auth.signOut();
    const nobody = await supabase.functions.invoke('as-caller');
    assert.deepEqual(nobody.data, { user: null, notes: [], error: null, all: 2 });
  });

  test('browsers are answered before they ask', async () => {
    for (const name of ['cors', 'hello']) {
      const answer = await fetch(`${url}/${name}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:3000',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,apikey,content-type,x-client-info,x-region',
        },
      });
      assert.ok(answer.ok, `${name}: ${answer.status}`);
      assert.ok(answer.headers.get('access-control-allow-origin'));
      assert.match(answer.headers.get('access-control-allow-headers') ?? '', /\*|x-client-info/);
    }
  });
});
