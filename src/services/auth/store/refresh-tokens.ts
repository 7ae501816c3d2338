/**
 * Refresh tokens are not stored at all. One is `version | session id | number | proof` in base64url, its proof an HMAC over the rest
 * and the session's own random key, under a key that is not in the database. The session's row says which number is good now: so two
 * tabs that refresh with one token can both be given the same next one, and whoever reads the table can sign in as nobody.
 */
import { timingSafeEqual } from 'node:crypto';
import type { AuthContext } from '../context.ts';
import type { SessionRow } from './sessions.ts';

const VERSION = 1;
const ID_BYTES = 16;
const NUMBER_BYTES = 6;
const PROOF_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES + NUMBER_BYTES;

export interface RefreshToken {
  readonly sessionId: string;
  /** The first of a session is 0, each next one more. */
  readonly number: number;
  readonly head: Buffer;
  readonly proof: Buffer;
}

type Sealing = Pick<AuthContext, 'seal'>;
type Family = Pick<SessionRow, 'id' | 'refresh_token_hmac_key' | 'refresh_token_counter'>;

/** The token of this session that is good now. */
export function refreshTokenOf(context: Sealing, session: Family): string {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = VERSION;
  head.write(session.id.replaceAll('-', ''), 1, 'hex');
  head.writeUIntBE(session.refresh_token_counter ?? 0, 1 + ID_BYTES, NUMBER_BYTES);
  return Buffer.concat([head, proofOf(context, session, head)]).toString('base64url');
}

/** Undefined for what has not the form of a token; nothing is proven yet. */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== HEAD_BYTES + PROOF_BYTES || bytes[0] !== VERSION || bytes.toString('base64url') !== text)
    return undefined;
  const head = bytes.subarray(0, HEAD_BYTES);
  const id = head.toString('hex', 1, 1 + ID_BYTES);
  return {
    sessionId: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    number: head.readUIntBE(1 + ID_BYTES, NUMBER_BYTES),
    head,
    proof: bytes.subarray(HEAD_BYTES),
  };
}

/** Whether we made this token for this session. */
export function provesItself(context: Sealing, session: Family, { head, proof }: RefreshToken): boolean {
  return session.refresh_token_hmac_key !== null && timingSafeEqual(proofOf(context, session, head), proof);
}

function proofOf(context: Sealing, { refresh_token_hmac_key: key }: Family, head: Buffer): Buffer {
  return Buffer.from(context.seal('refresh-token', `${key}.${head.toString('hex')}`), 'hex').subarray(0, PROOF_BYTES);
}
