import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseBinding, ScramClient, saslPrep } from './scram.ts';

const unbound = chooseBinding(['SCRAM-SHA-256'], undefined);
const CHALLENGE = 'r=clientnonceservernonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';

test('without TLS there is nothing to bind to, and the header says so', () => {
  assert.deepEqual(unbound, { mechanism: 'SCRAM-SHA-256', header: 'n,,', data: Buffer.alloc(0) });
  assert.throws(() => chooseBinding(['SCRAM-SHA-256-PLUS'], undefined), { code: '08001' });
});

test('a server that cannot prove that it knows the password is refused', async () => {
  const client = new ScramClient(unbound, 'pencil', 'clientnonce');
  assert.equal(client.first(), 'n,,n=,r=clientnonce');
  assert.match(await client.final(CHALLENGE), /^c=biws,r=clientnonceservernonce,p=[\w+/]+=*$/);
  assert.throws(() => client.verify(`v=${Buffer.alloc(32).toString('base64')}`), { code: '08P01' });
  assert.throws(() => client.verify('v='), { code: '08P01' });
  assert.throws(() => client.verify('e=other-error'), { code: '08001' });
});

test("a challenge with another nonce than the client's, or with absurd iterations, is refused", async () => {
  for (const challenge of [
    'r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'r=clientnonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    CHALLENGE.replace('4096', '0'),
    CHALLENGE.replace('4096', '999999999'),
  ])
    await assert.rejects(new ScramClient(unbound, 'pencil', 'clientnonce').final(challenge), { code: '08P01' });
});

test('passwords are prepared as RFC 4013 maps them', () => {
  assert.equal(saslPrep('I\u00adX'), 'IX');
  assert.equal(saslPrep('\u00aa'), 'a');
  assert.equal(saslPrep('\u2168'), 'IX');
  assert.equal(saslPrep('a\u00a0b'), 'a b');
});
