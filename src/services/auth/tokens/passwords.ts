import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { inTurn } from './in-turn.ts';

const deriveNow = promisify(argon2);
const derive = (...given: Parameters<typeof deriveNow>): Promise<Buffer> => inTurn(() => deriveNow(...given));

/** OWASP's second choice: 19 MiB, two passes, one lane; about 25 ms of one core, in libuv's pool. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const PHC = /^\$argon2(id|i|d)\$v=19\$m=(\d+),t=(\d+),p=(\d+)(?:,[a-z]+=[^$]*)*\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
/** Beyond this an imported hash would be a way to exhaust the server. */
const MOST_MEMORY = 262_144;
const MOST_PASSES = 32;
const MOST_BCRYPT_COST = 15;

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** A PHC string of argon2id with 16 bytes of salt. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', { message: Buffer.from(password), nonce, ...COST });
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

export interface PasswordCheck {
  readonly ok: boolean;
  /** The hash is of an older kind: store a new one while the password is at hand. */
  readonly outdated: boolean;
}

const NO: PasswordCheck = { ok: false, outdated: false };

/**
 * Argon2 as PHC string and `$2a$`, `$2b$`, `$2y$` bcrypt. An empty or unknown hash costs as much as a wrong password, so
 * that the time of a refusal does not tell who has an account.
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<PasswordCheck> {
  const cost = /^\$2[abxy]\$(\d\d)\$.{53}$/.exec(hash ?? '')?.[1];
  if (cost && Number(cost) <= MOST_BCRYPT_COST) return verifyOld(password, hash as string);
  const parsed = PHC.exec(hash ?? '');
  if (!parsed || Number(parsed[2]) > MOST_MEMORY || Number(parsed[3]) > MOST_PASSES) {
    await hashPassword(password);
    return NO;
  }
  const [, kind, memory, passes, parallelism, salt = '', wanted = ''] = parsed;
  const tag = Buffer.from(wanted, 'base64');
  const given = await derive(`argon2${kind}` as 'argon2id', {
    message: Buffer.from(password),
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: tag.length,
  });
  const current = kind === 'id' && Number(memory) >= COST.memory && Number(passes) >= COST.passes;
  return timingSafeEqual(given, tag) ? { ok: true, outdated: !current } : NO;
}

async function verifyOld(password: string, hash: string): Promise<PasswordCheck> {
  const ok = await inTurn(() => verifyBcrypt(password, hash));
  return ok ? { ok, outdated: true } : NO;
}
