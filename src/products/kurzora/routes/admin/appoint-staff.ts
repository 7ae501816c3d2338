import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import { lockStaff, setStaffRole } from '../../queries/appoint-staff.ts';
import { auditUser, findUser } from '../../queries/staff.ts';
import type { KurzoraServices } from '../../services.ts';

const Role = Type.Union([Choice(['super_admin', 'admin', 'analyst', 'support']), Type.Null()]);
const schema = {
  params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
  body: Type.Object({ role: Role, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
  response: Type.Object({ id: Type.String(), role: Role }),
};

export const appointStaffRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'PUT',
  url: '/api/v1/admin/users/:id/staff',
  scope: 'signed-in',
  summary: 'Makes a user staff, or no longer (null); never oneself, and a super admin always remains',
  schema,
  handle: (context) =>
    asStaff(context, 'admin', 'update', async (session, staff) => {
      const { id } = context.params;
      const { role, reason = null } = context.body;
      assertOr(id !== staff.adminId, 'CONFLICT', 'Somebody else must change your own role');
      const user = await findUser(session, id);
      assertOr(user, 'NOT_FOUND', 'there is no such user');
      const before = await lockStaff(session);
      const remains = role === 'super_admin' || before.some((each) => each.role === 'super_admin' && each.id !== id);
      assertOr(remains, 'CONFLICT', 'One super admin must remain');
      const had = before.find((each) => each.id === id)?.role ?? null;
      await setStaffRole(session, id, role, staff.adminId);
      const action = role ? 'appoint_staff' : 'dismiss_staff';
      const entry = { adminId: staff.adminId, userId: id, action, before: { staff: had }, after: { staff: role } };
      await auditUser(session, { ...entry, reason });
      await staff.log(action, id, { from: had, to: role });
      return { id, role };
    }),
});
