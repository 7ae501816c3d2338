import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { addressOf } from '../../src/services/auth/web3/ethereum.ts';
import { type AuthServer, authServer } from './server.ts';

const APP = 'http://127.0.0.1:3000/';
let server: AuthServer;

before(async () => {
  server = await authServer({
    config: { auth: { site_url: APP, web3: { solana: { enabled: true }, ethereum: { enabled: true } } } },
  });
});
after(() => server?.close());

function base58(bytes: Uint8Array): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = alphabet[Number(number % 58n)] + text;
  return text;
}

/** A wallet as auth-js asks it. */
function solanaWallet() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const address = base58(Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url'));
  return {
    publicKey: { toBase58: () => address },
    signMessage: async (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)),
  };
}

function ethereumWallet() {
  const secret = secp256k1.utils.randomSecretKey();
  const address = addressOf(secp256k1.getPublicKey(secret, false));
  return {
    address,
    on: () => {},
    removeListener: () => {},
    request: async ({ method, params }: { method: string; params?: unknown }) => {
      if (method === 'eth_requestAccounts') return [address];
      if (method === 'eth_chainId') return '0x1';
      const message = Buffer.from((params as string[])[0]!.slice(2), 'hex');
      const digest = keccak_256(
        Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${message.length}`), message]),
      );
      const [recovery, ...rest] = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
      return `0x${Buffer.from([...rest, recovery! + 27]).toString('hex')}`;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: wallets have far wider types than what is called.
const any = (value: unknown) => value as any;

describe('the official client', () => {
  test('signs in with a Solana wallet, and the same wallet is the same account', async () => {
    const wallet = solanaWallet();
    const options = { chain: 'solana', wallet, statement: 'Hello', options: { url: APP } };
    const first = await server.client().auth.signInWithWeb3(any(options));
    assert.equal(first.error, null);
    const user = first.data.user!;
    assert.deepEqual(user.app_metadata, { provider: 'web3', providers: ['web3'] });
    assert.equal(user.user_metadata['custom_claims'].address, wallet.publicKey.toBase58());
    assert.equal(user.user_metadata['custom_claims'].statement, 'Hello');
    const second = await server.client().auth.signInWithWeb3(any({ ...options, statement: undefined }));
    assert.equal(second.data.user?.id, user.id);
  });

  test('signs in with an Ethereum wallet', async () => {
    const wallet = ethereumWallet();
    const { data, error } = await server
      .client()
      .auth.signInWithWeb3(any({ chain: 'ethereum', wallet, statement: 'Hello', options: { url: APP } }));
    assert.equal(error, null);
    const claims = data.user!.user_metadata['custom_claims'];
    assert.deepEqual([claims.address, claims.network], [wallet.address, '1']);
  });
});

describe('refused', () => {
  const now = () => new Date().toISOString();
  const message = (address: string, fields: Record<string, string> = {}, domain = '127.0.0.1:3000') =>
    [
      `${domain} wants you to sign in with your Solana account:`,
      address,
      '',
      ...Object.entries({ URI: APP, Version: '1', 'Issued At': now(), ...fields }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ].join('\n');
  const cases: [string, (address: string) => string, RegExp][] = [
    [
      'another app’s message',
      (a) => message(a, { URI: 'https://evil.example/' }, 'evil.example'),
      /signed for another app/,
    ],
    ['another domain', (a) => message(a, {}, 'evil.example'), /Domain that does not match/],
    ['an old message', (a) => message(a, { 'Issued At': '2020-01-01T00:00:00Z' }), /issued too long ago/],
    ['one of tomorrow', (a) => message(a, { 'Issued At': '2999-01-01T00:00:00Z' }), /issued too far in the future/],
    ['one that has expired', (a) => message(a, { 'Expiration Time': '2020-01-01T00:00:00Z' }), /is expired/],
    ['one that is not valid yet', (a) => message(a, { 'Not Before': '2999-01-01T00:00:00Z' }), /becomes valid/],
    ['another version', (a) => message(a, { Version: '2' }), /Version value is not supported/],
    ['a short message', () => 'hello', /message is too short/],
  ];
  for (const [what, make, reason] of cases)
    test(what, async () => {
      const wallet = solanaWallet();
      const text = make(wallet.publicKey.toBase58());
      const signature = await wallet.signMessage(Buffer.from(text));
      const { error } = await server.client().auth.signInWithWeb3({ chain: 'solana', message: text, signature });
      assert.equal(error?.status, 400);
      assert.match(error?.message ?? '', reason);
    });

  test('another wallet’s signature', async () => {
    const text = message(solanaWallet().publicKey.toBase58());
    const signature = await solanaWallet().signMessage(Buffer.from(text));
    const { error } = await server.client().auth.signInWithWeb3({ chain: 'solana', message: text, signature });
    assert.equal(error?.message, 'Signature does not match address in message');
  });

  test('another Ethereum wallet’s signature', async () => {
    const text = message(ethereumWallet().address).replace('Solana', 'Ethereum');
    const signature = await ethereumWallet().request({
      method: 'personal_sign',
      params: [`0x${Buffer.from(text).toString('hex')}`],
    });
    const { error } = await server.client().auth.signInWithWeb3(any({ chain: 'ethereum', message: text, signature }));
    assert.equal(error?.message, 'Signature does not match address in message');
  });

  test('every wallet where it is off, and every SSO', async () => {
    await using off = await authServer();
    const { error } = await off
      .client()
      .auth.signInWithWeb3({ chain: 'solana', message: 'x', signature: new Uint8Array(64) });
    assert.deepEqual([error?.status, error?.code], [422, 'web3_provider_disabled']);
    const sso = await off.client().auth.signInWithSSO({ domain: 'example.com' });
    assert.deepEqual([sso.error?.status, sso.error?.message], [404, 'SAML 2.0 is disabled']);
  });
});
