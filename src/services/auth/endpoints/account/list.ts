import type { Endpoint } from '../../http/endpoint.ts';
import type { Grants } from '../../http/grant.ts';
import { getUser } from './get-user.ts';
import { passwordGrant } from './grant-password.ts';
import { refreshTokenGrant } from './grant-refresh-token.ts';
import { health } from './health.ts';
import { logOut } from './log-out.ts';
import { settings } from './settings.ts';
import { signUp } from './sign-up.ts';
import { updateUser } from './update-user.ts';
import { jwks, openidConfiguration } from './well-known.ts';

/** Sign-up, user, logout and what clients read before they sign in. */
export const accountEndpoints: readonly Endpoint[] = [
  signUp,
  getUser,
  updateUser,
  logOut,
  settings,
  health,
  jwks,
  openidConfiguration,
];

export const grants: Grants = { password: passwordGrant, refresh_token: refreshTokenGrant };
