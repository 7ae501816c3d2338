import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { qrCodeSvg } from './qr-code.ts';
import { base32, fromBase32, isTotpCode, newTotpSecret, totpCode, totpUri } from './totp.ts';

const RFC_SECRET = base32(Buffer.from('12345678901234567890'));

test('codes are those of RFC 6238, appendix B, cut to six digits', () => {
  const expected: readonly (readonly [number, string])[] = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ];
  for (const [seconds, code] of expected) assert.equal(totpCode(RFC_SECRET, seconds * 1000), code);
});

test('a code holds for its own step and the neighbours, and no longer', () => {
  const now = 1_800_000_000_000;
  const code = totpCode(RFC_SECRET, now);
  for (const [offset, good] of [
    [0, true],
    [30, true],
    [-30, true],
    [60, false],
    [-60, false],
  ] as const)
    assert.equal(isTotpCode(RFC_SECRET, code, now + offset * 1000), good, `${offset} s`);
  assert.equal(isTotpCode(RFC_SECRET, `${code}0`, now), false);
  assert.equal(isTotpCode(RFC_SECRET, code.slice(0, 5), now), false);
  assert.equal(isTotpCode(RFC_SECRET, '', now), false);
});

test('base32 comes back as the bytes that went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.deepEqual(fromBase32(base32(bytes).toLowerCase()), Buffer.from(bytes));
    }),
  );
});

test('secrets have 160 bits and differ', () => {
  const secrets = new Set(Array.from({ length: 100 }, newTotpSecret));
  assert.equal(secrets.size, 100);
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/);
});

test('the address names issuer, account and secret as authenticator apps read them', () => {
  const uri = totpUri({ issuer: '127.0.0.1:3000', account: 'ann@example.com', secret: RFC_SECRET });
  assert.equal(
    uri,
    `otpauth://totp/127.0.0.1%3A3000:ann@example.com?algorithm=SHA1&digits=6&issuer=127.0.0.1%3A3000&period=30&secret=${RFC_SECRET}`,
  );
});

test('the picture is SVG that can stand in an address as it is', () => {
  const svg = qrCodeSvg('otpauth://totp/x:y?secret=ABC');
  assert.match(svg, /^<svg width="\d+" height="\d+" /);
  assert.ok((svg.match(/<rect/g) ?? []).length > 50);
  assert.doesNotMatch(svg, /[#%]/);
});
