import type { Endpoint } from '../../http/endpoint.ts';
import { auditLog } from './audit-log.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { generateLink } from './generate-link.ts';
import { getUser } from './get-user.ts';
import { listUsers } from './list-users.ts';
import { updateUser } from './update-user.ts';
import { deleteFactor, listFactors, updateFactor } from './user-factors.ts';
import { endSessions, listIdentities, listSessions } from './user-sessions.ts';

/** What the service key may do with users. */
export const adminEndpoints: readonly Endpoint[] = [
  listUsers,
  createUser,
  getUser,
  updateUser,
  deleteUser,
  listFactors,
  updateFactor,
  deleteFactor,
  listIdentities,
  listSessions,
  endSessions,
  generateLink,
  auditLog,
];
