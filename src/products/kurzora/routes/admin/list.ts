/** Every route of the staff. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { activityRoute } from './activity.ts';
import { appointStaffRoute } from './appoint-staff.ts';
import { getConfigRoute, putConfigRoute } from './config.ts';
import { changeContactRoute, listContactsRoute } from './contacts.ts';
import { approveSignalRoute, cancelSignalRoute, expireSignalRoute, rejectSignalRoute } from './decide-signals.ts';
import { exportRoute } from './export.ts';
import { analyticsRoute, subscriptionFiguresRoute } from './figures.ts';
import { systemHealthRoute } from './health.ts';
import { adminMeRoute } from './me.ts';
import { getPhasesRoute, putPhaseRoute } from './phases.ts';
import { createAdminSignalRoute, listAdminSignalsRoute, updateAdminSignalRoute } from './signals.ts';
import { auditLogRoute, errorLogRoute, securityLogRoute, systemStatsRoute } from './system.ts';
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
  adminMeRoute,
  ...[
    listUsersRoute,
    createUserRoute,
    getUserRoute,
    updateUserRoute,
    deleteUserRoute,
    suspendUserRoute,
    activateUserRoute,
    appointStaffRoute,
  ],
  ...[listAdminSignalsRoute, createAdminSignalRoute, updateAdminSignalRoute],
  ...[approveSignalRoute, rejectSignalRoute, expireSignalRoute, cancelSignalRoute],
  ...[listContactsRoute, changeContactRoute],
  ...[systemHealthRoute, analyticsRoute, subscriptionFiguresRoute, exportRoute, getPhasesRoute, putPhaseRoute],
  ...[systemStatsRoute, activityRoute, errorLogRoute, auditLogRoute, securityLogRoute, getConfigRoute, putConfigRoute],
];
