import type { Session } from '#kernel/postgres/database.ts';
import type { StaffRole } from '../staff-contract.ts';

/**
 * Makes the account with this id and address a super admin while there is none: active, its address confirmed. False when there is no
 * such account or somebody is super admin already, so that asking again is harmless.
 */
export async function appointFirst(session: Session, userId: string, email: string): Promise<boolean> {
  const { appointed } = await session.one<{ appointed: boolean }>(
    `with named as (
       insert into public.admin_users (id, admin_role, admin_notes)
       select id, 'super_admin', 'named by ADMIN_BOOTSTRAP_EMAIL' from public.users
       where id = $1 and email = $2 and email_verified and is_active and deleted_at is null
         and not exists (select from public.admin_users where admin_role = 'super_admin')
       on conflict (id) do update set admin_role = excluded.admin_role, admin_notes = excluded.admin_notes
       returning id
     ), told as (
       insert into public.admin_activity_log (admin_user_id, action_type, target_type, target_id, description)
       select id, 'appoint_staff', 'user', id::text, 'super_admin by ADMIN_BOOTSTRAP_EMAIL' from named
     )
     select exists (select from named) as appointed`,
    [userId, email],
  );
  return appointed;
}

/** Gives a user a role of staff, or takes it (null). Throws nothing: whether it is allowed is asked before, under `lockStaff`. */
export async function setStaffRole(
  session: Session,
  userId: string,
  role: StaffRole | null,
  by: string | null,
): Promise<void> {
  if (role === null) {
    await session.execute('delete from public.admin_users where id = $1', [userId]);
    return;
  }
  await session.execute(
    `insert into public.admin_users (id, admin_role, created_by) values ($1, $2, $3)
     on conflict (id) do update set admin_role = excluded.admin_role`,
    [userId, role, by],
  );
}

export interface StaffMember {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: StaffRole;
}

/** Everybody of the staff; held until the transaction ends, so that two who leave at once cannot both be the last but one. */
export async function lockStaff(session: Session): Promise<StaffMember[]> {
  await session.execute('lock table public.admin_users in share row exclusive mode');
  return listStaff(session);
}

export function listStaff(session: Session): Promise<StaffMember[]> {
  return session.query<StaffMember>(
    `select u.id, u.email, u.name, a.admin_role as role from public.admin_users a join public.users u on u.id = a.id
     where u.is_active and u.deleted_at is null order by u.email`,
  );
}
