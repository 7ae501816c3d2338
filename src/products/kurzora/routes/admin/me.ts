import { defineRoute } from '#kernel/product.ts';
import { asAnyStaff } from '../../admin/as-staff.ts';
import { Me } from '../../admin/contract.ts';
import { PERMISSIONS } from '../../admin/permissions.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = { response: Me };

export const adminMeRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/admin/me',
  scope: 'signed-in',
  summary: 'The role of who asks, and what it may do; 403 for who is not staff',
  schema,
  handle: (context) =>
    asAnyStaff(context, async (_session, { adminId, role }) => ({
      id: adminId,
      role,
      permissions: Object.fromEntries(Object.entries(PERMISSIONS[role]).map(([area, acts]) => [area, [...acts]])),
    })),
});
