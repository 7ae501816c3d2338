import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redacted } from './redact.ts';

const TOKEN = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;

test('nothing that lets somebody in stays in a text', () => {
  for (const [text, secret] of [
    [`token ${TOKEN} is bad`, TOKEN],
    ['Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
    ['{"password":"Correct-Horse-1","name":"Ada"}', 'Correct-Horse-1'],
    ["refresh_token='abc def'", 'abc def'],
    ['GET /x?apikey=12345&page=2', '12345'],
    ['connect postgresql://me:hunter2@db:5432/x', 'hunter2'],
    ['key kz_0123456789abcdef was refused', 'kz_0123456789abcdef'],
  ] as const) {
    const shown = redacted(text, 500);
    assert.ok(!shown.includes(secret), shown);
    assert.match(shown, /\[redacted\]/);
  }
});

test('what is no secret stays, and the length is kept', () => {
  const text = 'duplicate key value violates unique constraint "users_email_key"';
  assert.equal(redacted(text, 500), text);
  assert.equal(redacted('x'.repeat(100), 10).length, 10);
});
