import type { Config } from '#kernel/config.ts';
import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { RouteContext } from '#kernel/product.ts';
import { appointFirst } from '../queries/appoint-staff.ts';
import { logDeed, staffStanding } from '../queries/staff.ts';
import type { KurzoraServices } from '../services.ts';
import type { StaffRole } from '../staff-contract.ts';
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
    const { role, twoFactor } = await standing(session, adminId, identity.claims['email'], project.config);
    assertOr(role, 'FORBIDDEN', 'You may not do this');
    assertOr(
      !twoFactor || identity.claims['aal'] === 'aal2',
      'TWO_FACTOR_REQUIRED',
      'Staff sign in with their second factor',
    );
    return work(session, { adminId, role, may: (area, act) => may(role, area, act) });
  });
}

/** As the table says; whom ADMIN_BOOTSTRAP_EMAIL names is written into it when he first comes by. */
async function standing(
  session: Session,
  adminId: string,
  email: unknown,
  { adminBootstrapEmail }: Pick<Config, 'adminBootstrapEmail'>,
) {
  const known = await staffStanding(session, adminId);
  if (known.role || !adminBootstrapEmail || String(email).toLowerCase() !== adminBootstrapEmail) return known;
  return (await appointFirst(session, adminId, adminBootstrapEmail)) ? staffStanding(session, adminId) : known;
}
