import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthError } from '../errors.ts';
import { nationalNumber, normaliseEmail, normalisePhone } from './addresses.ts';

const refusal = (message: string) => (error: unknown) =>
  error instanceof AuthError && error.status === 400 && error.code === 'validation_failed' && error.message === message;

test('addresses are lower case, and refused as GoTrue words it', () => {
  assert.equal(normaliseEmail('Ada.Lovelace+x@Example.COM'), 'ada.lovelace+x@example.com');
  assert.throws(() => normaliseEmail(''), refusal('An email address is required'));
  assert.throws(() => normaliseEmail(`${'a'.repeat(250)}@example.com`), refusal('An email address is too long'));
  for (const wrong of ['ada', 'ada@', '@example.com', 'a b@example.com', 'a@b@c', 'a@-x.com', 'a@x..com'])
    assert.throws(() => normaliseEmail(wrong), refusal('Unable to validate email address: invalid format'), wrong);
});

test('numbers lose plus, spaces, dashes and brackets', () => {
  assert.equal(normalisePhone('+1 (234) 567-8900'), '12345678900');
  for (const wrong of ['', '+', '0123', '+0123', '12a', '1234567890123456', null])
    assert.throws(() => normalisePhone(wrong), refusal('Invalid phone number format (E.164 required)'), String(wrong));
});

test('every way to write a Kyrgyz number comes to one', () => {
  for (const text of [
    '+996 700 123 456',
    '+996700123456',
    '996700123456',
    '00996 700 123456',
    '0700 123-456',
    '0 (700) 12-34-56',
    '700123456',
  ])
    assert.equal(nationalNumber(text, 'KG')?.phone, '996700123456', text);
});

test('a number of another country is none of this one, and is not bent into it', () => {
  for (const text of ['+7 701 123 45 67', '+998 90 123 45 67', '+992 93 123 4567', '12', 'call me'])
    assert.equal(nationalNumber(text, 'KG'), undefined, text);
});

test('the plan tells mobiles from fixed lines', () => {
  assert.equal(nationalNumber('0700123456', 'KG')?.kind, 'MOBILE');
  assert.equal(nationalNumber('0312 901 234', 'KG')?.kind, 'FIXED_LINE');
});
