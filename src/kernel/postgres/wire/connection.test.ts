import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../../../../test/database.ts';
import { Binary, type Statement } from '../database.ts';
import { Connection } from './connection.ts';

let fixture: TestDatabase;
before(async () => {
  fixture = await testDatabase();
});
after(() => fixture.close());

async function connected(work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await Connection.open({ target: fixture.target, connectTimeoutMs: 10_000 });
  try {
    await work(connection);
  } finally {
    connection.close();
  }
}

async function first(connection: Connection, statement: Statement): Promise<string | undefined> {
  const { error, results } = await connection.send([statement]);
  if (error) throw error;
  return results[0]?.rows[0]?.[0]?.toString();
}

test('statements of one exchange share a transaction, and the next exchange has another', () =>
  connected(async (connection) => {
    const set = { text: "select set_config('a.b', 'here', true)" };
    const read = { text: "select current_setting('a.b', true)" };
    const { results, status } = await connection.send([set, read]);
    assert.equal(results[1]?.rows[0]?.[0]?.toString(), 'here');
    assert.equal(status, 'I');
    assert.equal(await first(connection, read), '');
  }));

test('exchanges sent without waiting are answered in order, and an error in one leaves the others alone', () =>
  connected(async (connection) => {
    const texts = ['select 1', 'select 1/0', 'select nothing from nowhere', 'select 2'];
    const answers = await Promise.all(texts.map((text) => connection.send([{ text }])));
    assert.deepEqual(
      answers.map(({ error, results }) => error?.code ?? String(results[0]?.rows[0]?.[0])),
      ['1', '22012', '42P01', '2'],
    );
  }));

test('an error carries the fields the server sends', () =>
  connected(async (connection) => {
    await connection.send([{ text: 'create temp table marks (mark int constraint positive check (mark > 0))' }]);
    const { error } = await connection.send([{ text: 'insert into marks values ($1)', values: [-1] }]);
    assert.equal(error?.code, '23514');
    assert.equal(error.severity, 'ERROR');
    assert.equal(error.constraint, 'positive');
    assert.equal(error.table, 'marks');
    assert.match(error.detail ?? '', /-1/);
    const { error: syntax } = await connection.send([{ text: 'selec 1' }]);
    assert.equal(syntax?.position, '1');
  }));

test('rows and parameters larger than any chunk pass whole', () =>
  connected(async (connection) => {
    const { results } = await connection.send([{ text: "select repeat('x', 100000000)" }]);
    assert.equal(results[0]?.rows[0]?.[0]?.length, 100_000_000);
    const long = 'é'.repeat(5_000_000);
    assert.equal(
      await first(connection, { text: 'select md5($1) = md5(repeat($2, 5000000))', values: [long, 'é'] }),
      't',
    );
    const bytes = Buffer.alloc(3_000_000, 7);
    assert.equal(await first(connection, { text: 'select length($1)', values: [bytes] }), '3000000');
  }));

test('more is pipelined than the socket takes at once', () =>
  connected(async (connection) => {
    const value = 'v'.repeat(300_000);
    const lengths = Array.from({ length: 20 }, () => first(connection, { text: 'select length($1)', values: [value] }));
    assert.deepEqual(new Set(await Promise.all(lengths)), new Set(['300000']));
  }));

test('a text is parsed once, and the number of prepared statements is bounded', () =>
  connected(async (connection) => {
    for (let index = 0; index < 300; index++) await first(connection, { text: `select ${index}` });
    for (let index = 0; index < 5; index++) await first(connection, { text: 'select 299' });
    const count = Number(await first(connection, { text: 'select count(*) from pg_prepared_statements' }));
    assert.ok(count > 200 && count <= 256, `${count} prepared statements`);
    const uses = "select count(*) from pg_prepared_statements where statement = 'select 299'";
    assert.equal(await first(connection, { text: uses }), '1');
  }));

test('a value that cannot be encoded is refused before anything is sent, and the connection goes on', () =>
  connected(async (connection) => {
    const invalid = { text: 'select $1::timestamptz', values: [new Date(Number.NaN)] };
    assert.throws(() => connection.send([{ text: 'select 1' }, invalid]), RangeError);
    assert.throws(() => connection.send([{ text: 'select 1\0; drop table x' }]), RangeError);
    assert.equal(await first(connection, { text: 'select 1' }), '1');
    assert.equal(
      await first(connection, { text: 'select $1::timestamptz > $2', values: [new Date(), new Date(0)] }),
      't',
    );
  }));

test('a Binary goes with its type, and binary results come as they are', () =>
  connected(async (connection) => {
    const int8 = new Binary(20, Buffer.from([0, 0, 0, 0, 0, 0, 1, 0]));
    const { results } = await connection.send([{ text: 'select $1 + 1', values: [int8], binary: true }]);
    assert.equal(results[0]?.rows[0]?.[0]?.readBigInt64BE(), 257n);
  }));

test('COPY ends the connection with an error instead of waiting for ever', async () => {
  for (const text of ['copy (select 1) to stdout', 'copy pg_temp.copied from stdin'])
    await connected(async (connection) => {
      await connection.send([{ text: 'create temp table copied (a int)' }]);
      const { error, status } = await connection.send([{ text }]);
      assert.equal(error?.code, '0A000');
      assert.equal(status, 'broken');
      assert.ok(connection.ended);
    });
});

test('a wrong password, a missing database and a silent server are told apart', async () => {
  const open = (change: object, connectTimeoutMs = 10_000) =>
    Connection.open({ target: { ...fixture.target, ...change }, connectTimeoutMs });
  await assert.rejects(open({ password: 'wrong' }), { code: '28P01' });
  await assert.rejects(open({ database: 'missing' }), { code: '3D000' });
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  await assert.rejects(open({ host: '127.0.0.1', port, tls: { kind: 'disable' } }, 50), {
    code: '08001',
    message: /within 50 ms/,
  });
  silent.close();
});
