/** A security key in software: makes ES256 keys and signs with them as browsers hand it on, in JSON (WebAuthn Level 3, 5.1). */
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string; readonly name: string };
  readonly user: { readonly id: string };
}
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}

export interface Authenticator {
  /** navigator.credentials.create() on a page of this origin. */
  create(options: CreationOptions, origin: string, over?: { readonly id?: Buffer }): Record<string, unknown>;
  /** navigator.credentials.get() on a page of this origin, with the key made last. */
  get(options: RequestOptions, origin: string, over?: { readonly counter?: number }): Record<string, unknown>;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const KEY_INCLUDED = 0x40;

export function authenticator(): Authenticator {
  let key: { id: Buffer; privateKey: KeyObject; userHandle: string; counter: number } | undefined;
  return {
    create: (options, origin, over = {}) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = over.id ?? randomBytes(32);
      key = { id, privateKey, userHandle: options.user.id, counter: 0 };
      const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string };
      const cose = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]),
      );
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const data = Buffer.concat([
        authenticatorData(options.rp.id ?? '', USER_PRESENT | USER_VERIFIED | KEY_INCLUDED, 0),
        Buffer.alloc(16),
        length,
        id,
        cose,
      ]);
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', data],
        ]),
      );
      return {
        ...common(id),
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, origin),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    get: (options, origin, over = {}) => {
      if (!key) throw new Error('there is no key yet');
      key.counter = over.counter ?? key.counter + 1;
      const data = authenticatorData(options.rpId ?? '', USER_PRESENT | USER_VERIFIED, key.counter);
      const client = clientData('webauthn.get', options.challenge, origin);
      const signed = Buffer.concat([data, createHash('sha256').update(Buffer.from(client, 'base64url')).digest()]);
      return {
        ...common(key.id),
        response: {
          clientDataJSON: client,
          authenticatorData: data.toString('base64url'),
          signature: createSign('sha256').update(signed).sign(key.privateKey).toString('base64url'),
          userHandle: key.userHandle,
        },
      };
    },
  };
}

const bytes = (text: string) => Buffer.from(text, 'base64url');

const common = (id: Buffer) => ({
  id: id.toString('base64url'),
  rawId: id.toString('base64url'),
  type: 'public-key',
  clientExtensionResults: {},
});

const clientData = (type: string, challenge: string, origin: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url');

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const tail = Buffer.alloc(5);
  tail.writeUInt8(flags);
  tail.writeUInt32BE(counter, 1);
  return Buffer.concat([createHash('sha256').update(rpId).digest(), tail]);
}

/** The part of CBOR (RFC 8949) that authenticators need: integers, bytes, text and maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([name, item]) => [cbor(name), cbor(item)])]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}
