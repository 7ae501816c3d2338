import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { AuthRequest } from '../http/endpoint.ts';

const VERIFY_URL = {
  hcaptcha: 'https://hcaptcha.com/siteverify',
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
} as const;
const TIMEOUT_MS = 10_000;

/**
 * Asks the vendor whether `gotrue_meta_security.captcha_token` of the body came from a person. Does nothing when the project has no
 * captcha. Callers with the service key are not asked: endpoints pass them by. Throws captcha_failed (400); unexpected_failure (500)
 * when the vendor cannot be asked.
 */
export async function checkCaptcha(
  context: AuthContext,
  request: Pick<AuthRequest, 'body' | 'ip' | 'token'>,
): Promise<void> {
  const { captcha } = context.settings;
  if (!captcha || (await isService(context, request.token))) return;
  const token = captchaToken(request.body);
  if (!token) throw refused('no captcha_token found');
  const answer = await askVendor(captcha.url ?? VERIFY_URL[captcha.provider], {
    secret: captcha.secret,
    response: token,
    remoteip: request.ip,
  });
  if (answer.success !== true) throw refused(answer['error-codes']?.join(', ') ?? '');
}

const refused = (reason: string) =>
  new AuthError(400, 'captcha_failed', `captcha protection: request disallowed (${reason})`);

function captchaToken(body: Readonly<Record<string, unknown>>): string | undefined {
  const security = body['gotrue_meta_security'] as { captcha_token?: unknown } | null | undefined;
  const token = security?.captcha_token;
  return typeof token === 'string' && token.trim() !== '' ? token.trim() : undefined;
}

async function isService(context: AuthContext, token: string | undefined): Promise<boolean> {
  if (!token) return false;
  const claims = await context.keys.verify(token).catch(() => undefined);
  return claims?.['role'] === 'service_role' || claims?.['role'] === 'supabase_admin';
}

interface Verdict {
  readonly success?: boolean;
  readonly 'error-codes'?: readonly string[];
}

async function askVendor(url: string, form: Record<string, string>): Promise<Verdict> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await response.json()) as Verdict;
  } catch (cause) {
    throw new AuthError(500, 'unexpected_failure', 'captcha verification process failed', { cause });
  }
}
