import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { deliveryCallbackRoute } from './callbacks.ts';
import { addDeviceRoute, removeDeviceRoute } from './devices.ts';
import {
  deleteAllRoute,
  deleteNotificationRoute,
  getNotificationRoute,
  listNotificationsRoute,
  markAllReadRoute,
  markReadRoute,
  markUnreadRoute,
} from './inbox.ts';
import { getEmailPreferencesRoute, getSettingsRoute, putEmailPreferencesRoute, putSettingsRoute } from './settings.ts';
import { linkTelegramRoute, telegramWebhookRoute, unlinkTelegramRoute } from './telegram.ts';
import { unsubscribePageRoute, unsubscribeRoute } from './unsubscribe.ts';

export const notificationRoutes: readonly Route<KurzoraServices>[] = [
  listNotificationsRoute,
  markAllReadRoute,
  deleteAllRoute,
  getSettingsRoute,
  putSettingsRoute,
  getEmailPreferencesRoute,
  putEmailPreferencesRoute,
  addDeviceRoute,
  removeDeviceRoute,
  linkTelegramRoute,
  unlinkTelegramRoute,
  unsubscribePageRoute,
  unsubscribeRoute,
  getNotificationRoute,
  markReadRoute,
  markUnreadRoute,
  deleteNotificationRoute,
  deliveryCallbackRoute,
  telegramWebhookRoute,
];
