import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { RouteContext } from '#kernel/product.ts';
import { logDeed, type StaffRole, staffStanding } from '../queries/staff.ts';
import type { KurzoraServices } from '../services.ts';
import { type Act, type Area, may } from './permissions.ts';

export type StaffContext = Pick<RouteContext<KurzoraServices>, 'identity' | 'project' | 'services' | 'client'>;

export interface Staff {
  readonly adminId: string;
  readonly role: StaffRole;
  may(area: Area, act: Act): boolean;
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
  return asAnyStaff(context, (session, staff) => {
    assertOr(staff.may(area, act), 'FORBIDDEN', 'You may not do this');
    return work(session, {
      ...staff,
      log: (action, targetId, metadata = {}) =>
        logDeed(session, {
          adminId: staff.adminId,
          action,
          targetType: area,
          targetId,
          metadata,
          ...context.client,
        }),
    });
  });
}

/** As `asStaff`, whatever the role may do. FORBIDDEN for everybody else; TWO_FACTOR_REQUIRED where the settings ask for one. */
export function asAnyStaff<T>(
  { identity, project }: StaffContext,
  work: (session: Session, staff: Omit<Staff, 'log'>) => Promise<T>,
): Promise<T> {
  const adminId = identity.claims['sub'] as string;
  return project.database.asService(async (session) => {
    const { role, twoFactor } = await staffStanding(session, adminId);
    assertOr(role, 'FORBIDDEN', 'You may not do this');
    assertOr(
      !twoFactor || identity.claims['aal'] === 'aal2',
      'TWO_FACTOR_REQUIRED',
      'Staff sign in with their second factor',
    );
    return work(session, { adminId, role, may: (area, act) => may(role, area, act) });
  });
}
