import type { Endpoint } from '../../http/endpoint.ts';
import type { Grants } from '../../http/grant.ts';
import { pkceGrant } from './grant-pkce.ts';
import { invite } from './invite.ts';
import { magicLink, otp } from './otp.ts';
import { reauthenticate } from './reauthenticate.ts';
import { recover } from './recover.ts';
import { resend } from './resend.ts';
import { verifyCode } from './verify-code.ts';
import { verifyLink } from './verify-link.ts';

/** Links and codes by mail and SMS, and the codes of PKCE. */
export const mailEndpoints: readonly Endpoint[] = [
  otp,
  magicLink,
  verifyLink,
  verifyCode,
  recover,
  resend,
  reauthenticate,
  invite,
];

export const grants: Grants = { pkce: pkceGrant };
