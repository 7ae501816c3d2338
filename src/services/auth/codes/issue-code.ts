import { randomInt, randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { type CodeType, replaceToken } from '../store/one-time-tokens.ts';
import type { UserRow } from '../store/users.ts';
import { PKCE_PREFIX, sealedToken, tokenOfCode } from './sealed-token.ts';

export interface NewCode {
  readonly user: UserRow;
  readonly type: CodeType;
  /** Where it goes: mail address or phone. A code is worth nothing for another address. */
  readonly relatesTo: string;
  /** Digits. */
  readonly length: number;
  /** The link ends with a code for a verifier, not with tokens. */
  readonly pkce?: boolean;
  /** Instead of a random one: for numbers that tests know. */
  readonly code?: string;
}

export interface IssuedCode {
  /** What a person types. */
  readonly code: string;
  /** What the link carries, e.g. as `token`; with `pkce_` in front in PKCE. */
  readonly tokenHash: string;
}

/** A new code of this type in place of the one before. Neither the code nor the token of the link is stored, only a seal. */
export async function issueCode(context: AuthContext, tx: Session, given: NewCode): Promise<IssuedCode> {
  const id = randomUUID();
  const code = given.code ?? randomCode(given.length);
  const tokenHash = `${given.pkce ? PKCE_PREFIX : ''}${tokenOfCode(context, id, code)}`;
  await replaceToken(tx, {
    id,
    user_id: given.user.id,
    token_type: given.type,
    token_hash: sealedToken(context, tokenHash),
    // Accounts that an app's seed wrote may have capitals; whoever types an address need not know.
    relates_to: given.relatesTo.toLowerCase(),
    created_at: new Date(context.now()),
  });
  return { code, tokenHash };
}

/** `length` digits, each as likely as the others; a first zero is as good as any. */
export function randomCode(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}
