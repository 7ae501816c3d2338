import { hash } from 'node:crypto';
import type { AuthContext } from '../context.ts';
import { AuthError, validationFailed } from '../errors.ts';

type Reason = 'length' | 'characters' | 'pwned';

/** bcrypt's limit, which GoTrue holds passwords to; kept, so that users can be taken back. */
const LONGEST = 72;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const SYMBOLS = '!@#$%^&*()_+-=[]{};\'\\:"|<>?,./`~';

/** What each requirement of config.toml asks for: at least one character of each set. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  letters_digits: [LOWER + UPPER, DIGITS],
  lower_upper_letters_digits: [LOWER, UPPER, DIGITS],
  lower_upper_letters_digits_symbols: [LOWER, UPPER, DIGITS, SYMBOLS],
};

/** The reasons against a password that can be told from it alone, with GoTrue's sentences. Pure. */
export function weaknesses(
  password: string,
  rules: { readonly minimumPasswordLength: number; readonly passwordRequirements: string },
): { reasons: Reason[]; messages: string[] } {
  const reasons: Reason[] = [];
  const messages: string[] = [];
  if (Buffer.byteLength(password) < rules.minimumPasswordLength) {
    reasons.push('length');
    messages.push(`Password should be at least ${rules.minimumPasswordLength} characters.`);
  }
  const sets = REQUIRED[rules.passwordRequirements] ?? [];
  if (!sets.every((set) => [...set].some((character) => password.includes(character)))) {
    reasons.push('characters');
    messages.push(`Password should contain at least one character of each: ${sets.join(', ')}.`);
  }
  return { reasons, messages };
}

/** What a session says of a password that would not be taken today; nothing is looked up. */
export function passwordWeakness(
  rules: Parameters<typeof weaknesses>[1],
  password: string,
): { message: string; reasons: string[] } | undefined {
  const { reasons, messages } = weaknesses(password, rules);
  return reasons.length === 0 ? undefined : { message: messages.join(' '), reasons };
}

/** Throws validation_failed (400) for one that is too long and weak_password (422) with `weak_password.reasons`. */
export async function assertStrongPassword(context: AuthContext, password: string): Promise<void> {
  const { settings } = context;
  if (Buffer.byteLength(password) > LONGEST)
    throw validationFailed(`Password cannot be longer than ${LONGEST} characters`);
  const { reasons, messages } = weaknesses(password, settings);
  if (reasons.length === 0 && settings.leakedPasswordsUrl && (await isLeaked(context, password))) {
    reasons.push('pwned');
    messages.push('Password is known to be weak and easy to guess, please choose a different one.');
  }
  if (reasons.length === 0) return;
  throw new AuthError(422, 'weak_password', messages.join(' '), { fields: { weak_password: { reasons } } });
}

const LOOK_UP_MS = 5000;

/** k-anonymity: only five digits of the SHA-1 leave. A service that is away lets passwords through, as GoTrue does by default. */
async function isLeaked({ settings, log }: AuthContext, password: string): Promise<boolean> {
  const digest = hash('sha1', password, 'hex').toUpperCase();
  const url = `${settings.leakedPasswordsUrl!.replace(/\/+$/, '')}/range/${digest.slice(0, 5)}`;
  try {
    const answer = await fetch(url, {
      headers: { 'Add-Padding': 'true', 'User-Agent': 'freehold' },
      signal: AbortSignal.timeout(LOOK_UP_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const rest = digest.slice(5);
    return (await answer.text()).split('\n').some((line) => {
      const [suffix, count] = line.trim().split(':');
      return suffix === rest && Number(count) > 0;
    });
  } catch (error) {
    log.warn({ err: error }, 'leaked passwords could not be looked up');
    return false;
  }
}
