import { send } from '../../../app/api.ts';
import { followSession } from '../../../app/session.ts';
import { supabase } from '../../../app/supabase.ts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly rememberMe: boolean;
  readonly twoFactorCode?: string;
}

/** Signs in where tries are counted and the second factor is asked for. Throws ApiError. */
export async function signIn(credentials: Credentials): Promise<void> {
  await takeSession(await send<Tokens>('POST', 'auth/login', credentials));
}

/** From now on the client goes on with these tokens. */
export async function takeSession({ accessToken, refreshToken }: Tokens): Promise<void> {
  await followSession();
  const { auth } = await supabase();
  const { error } = await auth.setSession({ access_token: accessToken, refresh_token: refreshToken });
  if (error) throw error;
}

/** The code of a mail, for who cannot follow its link. Throws the client's error. */
export async function redeemMailCode(email: string, code: string, type: 'signup' | 'recovery'): Promise<void> {
  await followSession();
  const { error } = await (await supabase()).auth.verifyOtp({ email, token: code.trim(), type });
  if (error) throw error;
}

/** A page of this site that somebody was on the way to; the front page otherwise. */
export function destination(search: URLSearchParams): string {
  const next = search.get('next') ?? '';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** The address of another door, with the way that was meant. */
export function doorAt(path: string, search: URLSearchParams): string {
  const next = search.get('next');
  return next ? `${path}?${new URLSearchParams({ next })}` : path;
}
