/** Every route of accounts. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { addApiKeyRoute, deleteApiKeyRoute, listApiKeysRoute, putApiKeyRoute } from './api-keys.ts';
import {
  loginRoute,
  logoutAllRoute,
  logoutRoute,
  refreshRoute,
  registerRoute,
  sessionRoute,
} from './authentication.ts';
import { deleteAvatarRoute, postAvatarRoute } from './avatar.ts';
import { deleteAccountRoute, exportRoute } from './own-data.ts';
import {
  changePasswordRoute,
  forgotPasswordRoute,
  resendVerificationRoute,
  resetPasswordRoute,
  verifyEmailRoute,
} from './passwords.ts';
import { getPreferencesRoute, putPreferencesRoute, resetPreferencesRoute } from './preferences.ts';
import { getProfileRoute, putProfileRoute } from './profile.ts';
import { getSecurityRoute, putSecurityRoute } from './security.ts';
import { endOtherSessionsRoute, endSessionRoute, listSessionsRoute } from './sessions.ts';
import { disableTwoFactorRoute, enableTwoFactorRoute, verifyTwoFactorRoute } from './two-factor.ts';

/** No key opens any of them: a key that leaked must not make another. */
export const accountRoutes: readonly Route<KurzoraServices>[] = [
  ...[registerRoute, loginRoute, refreshRoute, logoutRoute, logoutAllRoute, sessionRoute],
  ...[forgotPasswordRoute, resetPasswordRoute, changePasswordRoute, verifyEmailRoute, resendVerificationRoute],
  ...[getProfileRoute, putProfileRoute, postAvatarRoute, deleteAvatarRoute],
  ...[getPreferencesRoute, putPreferencesRoute, resetPreferencesRoute, exportRoute, deleteAccountRoute],
  ...[listApiKeysRoute, addApiKeyRoute, putApiKeyRoute, deleteApiKeyRoute],
  ...[getSecurityRoute, putSecurityRoute, listSessionsRoute, endOtherSessionsRoute, endSessionRoute],
  ...[enableTwoFactorRoute, verifyTwoFactorRoute, disableTwoFactorRoute],
];
