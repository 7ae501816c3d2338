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
import {
  changePasswordRoute,
  forgotPasswordRoute,
  resendVerificationRoute,
  resetPasswordRoute,
  verifyEmailRoute,
} from './passwords.ts';
import {
  deleteAccountRoute,
  deleteAvatarRoute,
  exportRoute,
  getPreferencesRoute,
  getProfileRoute,
  putPreferencesRoute,
  putProfileRoute,
  resetPreferencesRoute,
} from './profile.ts';
import { disableTwoFactorRoute, enableTwoFactorRoute, getSecurityRoute, verifyTwoFactorRoute } from './security.ts';

export const accountRoutes: readonly Route<KurzoraServices>[] = [
  ...[registerRoute, loginRoute, refreshRoute, logoutRoute, logoutAllRoute, sessionRoute],
  ...[forgotPasswordRoute, resetPasswordRoute, changePasswordRoute, verifyEmailRoute, resendVerificationRoute],
  ...[
    getProfileRoute,
    putProfileRoute,
    deleteAvatarRoute,
    getPreferencesRoute,
    putPreferencesRoute,
    resetPreferencesRoute,
  ],
  ...[exportRoute, deleteAccountRoute, listApiKeysRoute, addApiKeyRoute, putApiKeyRoute, deleteApiKeyRoute],
  ...[getSecurityRoute, enableTwoFactorRoute, verifyTwoFactorRoute, disableTwoFactorRoute],
];
