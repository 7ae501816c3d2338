import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sealing } from '../tokens/seal.ts';
import { provesItself, readRefreshToken, refreshTokenOf } from './refresh-tokens.ts';

const context = { seal: sealing('a secret with at least thirty-two characters') };
const elsewhere = { seal: sealing('another secret with thirty-two characters') };
const family = fc.record({
  id: fc.uuid(),
  refresh_token_hmac_key: fc.base64String({ minLength: 8 }),
  refresh_token_counter: fc.nat(),
});

test('a token reads back as its session and number, and proves itself to them alone', () => {
  fc.assert(
    fc.property(family, family, (session, other) => {
      const token = readRefreshToken(refreshTokenOf(context, session))!;
      assert.deepEqual([token.sessionId, token.number], [session.id, session.refresh_token_counter]);
      assert.ok(provesItself(context, session, token));
      assert.ok(!provesItself(elsewhere, session, token));
      assert.ok(
        !provesItself(context, { ...session, refresh_token_hmac_key: `${other.refresh_token_hmac_key}!` }, token),
      );
      assert.ok(!provesItself(context, { ...session, refresh_token_hmac_key: null }, token));
    }),
  );
});

test('whatever else comes is no token, and no error either', () => {
  fc.assert(fc.property(fc.string(), (text) => assert.equal(readRefreshToken(text), undefined)));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 50 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url');
      const token = readRefreshToken(text);
      const session = { id: token?.sessionId ?? '', refresh_token_hmac_key: 'key', refresh_token_counter: 0 };
      assert.ok(!token || !provesItself(context, session, token));
    }),
  );
});
