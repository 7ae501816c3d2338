/** Where a link or a sign-in may lead, and how its result is put into that address. Source: supabase/auth, IsRedirectURLValid. */
import type { AuthError } from '../errors.ts';
import type { AuthSettings } from '../settings/settings.ts';
import { globMatches } from './glob.ts';

type RedirectSettings = Pick<AuthSettings, 'siteUrl' | 'additionalRedirectUrls'>;

/** What was asked for if the project allows it, else the page that asked if it is allowed, else the site. */
export function redirectTarget(
  settings: RedirectSettings,
  wanted: string | null | undefined,
  referrer?: string,
): string {
  const allowed = [wanted, referrer].find((url) => url && isAllowedRedirect(settings, url));
  return allowed ?? settings.siteUrl;
}

/** The target that a request asks for: `redirect_to` of the query, a header or the body, else its Referer. */
export function redirectOf(
  settings: RedirectSettings,
  request: {
    readonly query: URLSearchParams;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body?: Readonly<Record<string, unknown>>;
  },
): string {
  const inBody = request.body?.['redirect_to'];
  const wanted =
    request.headers['redirect_to'] || request.query.get('redirect_to') || (typeof inBody === 'string' ? inBody : '');
  return redirectTarget(settings, wanted, request.headers['referer']);
}

/**
 * The site's own host over http or https, or what a pattern of additional_redirect_urls matches (fragment aside). Addresses of the
 * network are refused but for loopback, as are a user name in front of the host and signs that browsers read otherwise than we do.
 */
export function isAllowedRedirect(settings: RedirectSettings, text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them, so that what was checked is not where they go
  if (text.length > 4096 || /[\x00-\x20\x7f\\]/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || /^(javascript|data|vbscript|blob|file):$/.test(url.protocol))
    return false;
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  if (web && !/^https?:\/\/[^/]/i.test(text)) return false;
  const [address = ''] = text.split('#');
  if (web && isLiteralAddress(url.hostname) && !isLoopbackHost(url.hostname))
    return settings.additionalRedirectUrls.includes(address);
  if (web && URL.canParse(settings.siteUrl) && new URL(settings.siteUrl).hostname === url.hostname) return true;
  // `https://a?b.example.com` must not look like a host of example.com.
  const compared = web ? address.replace(/^(https?:\/\/[^/?]*)\?/i, '$1/?') : address;
  return settings.additionalRedirectUrls.some((pattern) => pattern === address || globMatches(pattern, compared));
}

const isLiteralAddress = (host: string): boolean => host.startsWith('[') || /^\d+(\.\d+){0,3}$/.test(host);
const isLoopbackHost = (host: string): boolean => host === '[::1]' || host.startsWith('127.');

/** The implicit flow's end: the session in the fragment. `type` is what /verify was called with. */
export function withSession(
  target: string,
  session: {
    readonly access_token: string;
    readonly token_type: string;
    readonly expires_in: number;
    readonly expires_at: number;
    readonly refresh_token: string;
    readonly provider_token?: string;
    readonly provider_refresh_token?: string;
  },
  extra: Readonly<Record<string, string>> = {},
): string {
  const fragment = new URLSearchParams({
    access_token: session.access_token,
    expires_at: String(session.expires_at),
    expires_in: String(session.expires_in),
    ...(session.provider_refresh_token ? { provider_refresh_token: session.provider_refresh_token } : {}),
    ...(session.provider_token ? { provider_token: session.provider_token } : {}),
    refresh_token: session.refresh_token,
    token_type: session.token_type,
    ...extra,
  });
  return `${withoutFragment(target)}#${fragment}`;
}

/** PKCE's end: the code in the query. */
export function withCode(target: string, code: string): string {
  return withQuery(target, { code });
}

/** A sentence for the person, in the fragment; in PKCE in the query too. */
export function withMessage(target: string, message: string, options: { readonly pkce?: boolean } = {}): string {
  const shown = { message };
  return `${options.pkce ? withQuery(target, shown) : withoutFragment(target)}#${new URLSearchParams(shown)}`;
}

/** Names of RFC 6749 for a status. */
const OAUTH_ERROR: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/** A refusal in the fragment (and in PKCE in the query), where the client reads `error`, `error_code`, `error_description`. */
export function withError(
  target: string,
  error: Pick<AuthError, 'status' | 'code' | 'message'>,
  options: { readonly pkce?: boolean } = {},
): string {
  const shown = {
    error: OAUTH_ERROR[error.status] ?? 'server_error',
    error_code: error.code,
    error_description: error.message,
  };
  return `${options.pkce ? withQuery(target, shown) : withoutFragment(target)}#${new URLSearchParams(shown)}`;
}

const withoutFragment = (target: string): string => target.split('#')[0] ?? '';

/** Fields set in the query, the rest of the address as it was; its fragment falls away. */
function withQuery(target: string, fields: Readonly<Record<string, string>>): string {
  const [base = '', query = ''] = withoutFragment(target).split(/\?(.*)/s);
  const merged = new URLSearchParams(query);
  for (const [name, value] of Object.entries(fields)) merged.set(name, value);
  return `${base}?${merged}`;
}
