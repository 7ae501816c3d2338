import type { Endpoint } from '../../http/endpoint.ts';
import { finishAuthentication } from './finish-authentication.ts';
import { finishRegistration } from './finish-registration.ts';
import { deletePasskey, listPasskeys, updatePasskey } from './own-passkeys.ts';
import { deletePasskeyOfUser, listPasskeysOfUser } from './passkeys-of-user.ts';
import { startAuthentication } from './start-authentication.ts';
import { startRegistration } from './start-registration.ts';

/** Signing in with a key of the device instead of a password. */
export const passkeysEndpoints: readonly Endpoint[] = [
  startRegistration,
  finishRegistration,
  startAuthentication,
  finishAuthentication,
  listPasskeys,
  updatePasskey,
  deletePasskey,
  listPasskeysOfUser,
  deletePasskeyOfUser,
];
