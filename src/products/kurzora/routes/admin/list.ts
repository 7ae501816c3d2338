/** Every route of the staff. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import {
  auditLogRoute,
  cancelSignalRoute,
  errorLogRoute,
  expireSignalRoute,
  getConfigRoute,
  putConfigRoute,
  systemStatsRoute,
} from './system.ts';
import {
  activateUserRoute,
  createUserRoute,
  deleteUserRoute,
  getUserRoute,
  listUsersRoute,
  suspendUserRoute,
  updateUserRoute,
} from './users.ts';

export const adminRoutes: readonly Route<KurzoraServices>[] = [
  ...[
    listUsersRoute,
    createUserRoute,
    getUserRoute,
    updateUserRoute,
    deleteUserRoute,
    suspendUserRoute,
    activateUserRoute,
  ],
  ...[
    systemStatsRoute,
    errorLogRoute,
    auditLogRoute,
    getConfigRoute,
    putConfigRoute,
    expireSignalRoute,
    cancelSignalRoute,
  ],
];
