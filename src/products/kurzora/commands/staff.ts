import { OperatorError } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import type { Command } from '#kernel/product.ts';
import { listStaff, lockStaff, type StaffMember, setStaffRole } from '../queries/appoint-staff.ts';
import { logDeed } from '../queries/staff.ts';
import type { KurzoraServices } from '../services.ts';
import type { StaffRole } from '../staff-contract.ts';

const ROLES: readonly string[] = ['super_admin', 'admin', 'analyst', 'support'] satisfies StaffRole[];

/** For whoever has the machine: the first of the staff, and a way back in when the last has lost his account. */
export const staffCommand: Command<KurzoraServices> = {
  name: 'staff',
  description: 'list the staff, or give an account a role among them',
  arguments: '[email]',
  options: [
    { flags: '--role <role>', description: ROLES.join(', ') },
    { flags: '--remove', description: 'no longer staff' },
  ],
  examples: ['freehold kurzora staff', 'freehold kurzora staff ada@example.com --role super_admin'],
  async run({ args, options }, { project, output }) {
    const email = args[0]?.trim().toLowerCase();
    const role = options['role'];
    const remove = options['remove'] === true;
    if (email && Boolean(role) === remove) throw new OperatorError('say either --role ROLE or --remove');
    if (role && !ROLES.includes(String(role)))
      throw new OperatorError(`--role is "${role}"; it must be one of ${ROLES.join(', ')}`);
    const staff = await project.database.asService(async (session) => {
      if (email) await change(session, email, remove ? null : (role as StaffRole));
      return listStaff(session);
    });
    output.result(staff, () => table(staff));
  },
};

async function change(session: Session, email: string, role: StaffRole | null): Promise<void> {
  await lockStaff(session);
  const user = await session.maybeOne<{ id: string }>(
    'select id from public.users where email = $1 and is_active and deleted_at is null',
    [email],
  );
  if (!user) throw new OperatorError(`there is no account ${email}`, { remedy: 'sign up with this address first' });
  await setStaffRole(session, user.id, role, null);
  await logDeed(session, {
    ...{ adminId: user.id, action: role ? 'appoint_staff' : 'dismiss_staff', targetType: 'user', targetId: user.id },
    ...{ metadata: { to: role }, ip: '127.0.0.1', userAgent: 'freehold kurzora staff' },
  });
}

function table(staff: readonly StaffMember[]): string {
  if (staff.length === 0) return 'nobody is staff yet: freehold kurzora staff EMAIL --role super_admin';
  const widest = Math.max(...staff.map(({ role }) => role.length));
  return staff.map(({ role, email, name }) => `${role.padEnd(widest)}  ${email}  ${name}`).join('\n');
}
