import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { clearAttempts, countAttempt } from '../limits/attempts.ts';
import { type CodeType, tokensSentTo } from '../store/one-time-tokens.ts';
import { findUserByPhone } from '../store/users.ts';
import { sameText } from '../tokens/random.ts';
import { issueCode } from './issue-code.ts';
import { type CodeTry, type RedeemedToken, type TypedCode, tryCode } from './redeem-code.ts';

/** Codes that are not ours are counted by lockout alone. */
const WRONG: CodeTry = { kind: 'wrong', triesLeft: 0 };

/**
 * Codes of phones: those of numbers that tests know are always right, and some vendors (Twilio Verify) make and check their own.
 * Otherwise as `tryCode`.
 */
export async function tryKnownCode(context: AuthContext, given: TypedCode): Promise<CodeTry> {
  const known = context.settings.sms.testOtp[given.address];
  if (known === undefined && !context.settings.sms.vendors.some(({ vendor }) => vendor === 'twilio_verify'))
    return tryCode(context, given);
  const attempt = { kind: 'code', account: given.address, ip: given.ip, policy: given.lockout } as const;
  await countAttempt(context, attempt);
  const right =
    known === undefined ? await context.outbox.approves(given.address, given.code) : sameText(known, given.code);
  if (!right) return WRONG;
  const token = await context.transaction((tx) => anyToken(context, tx, given, known));
  if (!token) return WRONG;
  await clearAttempts(context, attempt);
  return { kind: 'right', token };
}

/** The row that stands for the code. A known code needs none to have been asked for: it gets one now. */
async function anyToken(
  context: AuthContext,
  tx: Session,
  { address, types, userId }: TypedCode,
  known: string | undefined,
): Promise<RedeemedToken | undefined> {
  const of = async () =>
    (await tokensSentTo(tx, address, types)).find((row) => userId === undefined || row.user_id === userId);
  const found = await of();
  if (found || known === undefined || !types.includes('confirmation_token')) return found;
  const user = await findUserByPhone(tx, address);
  if (!user) return undefined;
  const type: CodeType = 'confirmation_token';
  await issueCode(context, tx, { user, type, relatesTo: address, length: known.length, code: known });
  return of();
}
