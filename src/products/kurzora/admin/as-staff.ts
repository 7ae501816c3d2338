import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { RouteContext } from '#kernel/product.ts';
import { logDeed, staffRole } from '../queries/staff.ts';
import type { KurzoraServices } from '../services.ts';
import { type Act, type Area, may } from './permissions.ts';

export type StaffContext = Pick<RouteContext<KurzoraServices>, 'identity' | 'project' | 'services' | 'client'>;

export interface Staff {
  readonly adminId: string;
  /** Writes the deed down in the transaction it is done in. */
  log(action: string, targetId: string | null, metadata?: Record<string, unknown>): Promise<void>;
}

/** Does it as the service for staff who may, and for nobody else: who is staff stands in a table, whatever a token claims. */
export function asStaff<T>(
  context: StaffContext,
  area: Area,
  act: Act,
  work: (session: Session, staff: Staff) => Promise<T>,
): Promise<T> {
  const { identity, project, client } = context;
  const adminId = identity.claims['sub'] as string;
  return project.database.asService(async (session) => {
    const role = await staffRole(session, adminId);
    assertOr(role && may(role, area, act), 'FORBIDDEN', 'You may not do this');
    const log: Staff['log'] = (action, targetId, metadata = {}) =>
      logDeed(session, { adminId, action, targetType: area, targetId, metadata, ...client });
    return work(session, { adminId, log });
  });
}
