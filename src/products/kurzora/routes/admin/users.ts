import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import type { UserBody } from '#services/auth/api.ts';
import { accountsOf, withAccounts } from '../../accounts/account-service.ts';
import { closeAccount } from '../../accounts/close-account.ts';
import { Email } from '../../accounts/contract.ts';
import { assertPassword } from '../../accounts/password-rule.ts';
import { asStaff, type StaffContext } from '../../admin/as-staff.ts';
import { auditUser, changeUser, findUser, grantTrial, listUsers } from '../../queries/staff.ts';
import type { KurzoraServices } from '../../services.ts';
import type { ManagedUser } from '../../staff-contract.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const User = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Type.String(),
  subscriptionTier: Type.String(),
  subscriptionStatus: Type.String(),
  subscriptionEndsAt: Text,
  isActive: Type.Boolean(),
  emailVerified: Type.Boolean(),
  createdAt: Type.String(),
  lastLoginAt: Text,
  trades: Type.Integer(),
  staffRole: Text,
});
const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));
const Role = Choice(['user', 'premium', 'admin', 'super_admin']);
const Plan = Choice(['starter', 'professional', 'elite']);
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Reason = Type.Optional(Type.String({ maxLength: 500 }));

const list = {
  querystring: Type.Object({
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    search: Type.Optional(Type.String({ maxLength: 255 })),
    role: Type.Optional(Role),
    status: Type.Optional(Choice(['trial', 'active', 'cancelled', 'expired', 'inactive'])),
    subscription: Type.Optional(Plan),
    sortBy: Type.Optional(Choice(['name', 'email', 'joinDate', 'lastActive'])),
  }),
  response: Type.Array(User),
};

export const listUsersRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/admin/users',
  scope: 'signed-in',
  summary: 'Users, with how all that match spread over roles, states and plans',
  schema: list,
  handle: (context) =>
    asStaff(context, 'user', 'read', async (session) => {
      const { page, limit, sortBy = 'joinDate' } = context.query;
      const { users, total, aggregations } = await listUsers(session, { ...context.query, page, limit, sortBy });
      return new Page(users, { total, page, limit, hasMore: page * limit < total, aggregations });
    }),
});

const create = {
  body: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 255 }),
    email: Email,
    role: Type.Optional(Role),
    subscription: Type.Optional(Plan),
    sendWelcomeEmail: Type.Optional(Type.Boolean()),
    tempPassword: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  /** The password is there only when it was made up here. */
  response: Type.Object({ user: User, tempPassword: Type.Optional(Type.String()) }),
};
const TEST_DAYS = 30;

export const createUserRoute = defineRoute<KurzoraServices, typeof create>({
  method: 'POST',
  url: '/api/v1/admin/users',
  scope: 'signed-in',
  summary:
    'Makes an account for somebody: professional for 30 days unless told otherwise, no card; the maker stays signed in',
  schema: create,
  status: 201,
  async handle(context) {
    const { services, client, body } = context;
    await asStaff(context, 'user', 'create', async () => undefined);
    if (body.tempPassword) assertPassword(body.tempPassword);
    const password = body.tempPassword ?? `${randomBytes(12).toString('base64url')}aA1`;
    const email = body.email.trim().toLowerCase();
    const made = (await withAccounts(
      accountsOf(services).ask(client, {
        ...{ method: 'POST', path: '/admin/users', token: services.adminToken as string },
        body: { email, password, email_confirm: true, user_metadata: { name: body.name.trim() } },
      }),
    )) as UserBody;
    const user = await asStaff(context, 'user', 'create', async (session, staff) => {
      if (body.role) await changeUser(session, made.id, { role: body.role });
      await grantTrial(session, made.id, body.subscription ?? 'professional', TEST_DAYS);
      await staff.log('create_user', made.id, { email });
      return (await findUser(session, made.id)) as ManagedUser;
    });
    if (body.sendWelcomeEmail) await withAccounts(accountsOf(services).recover(client, { email }));
    return { user, ...(body.tempPassword ? {} : { tempPassword: password }) };
  },
});

const one = { params: Id, response: User };

export const getUserRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'GET',
  url: '/api/v1/admin/users/:id',
  scope: 'signed-in',
  summary: 'One user',
  schema: one,
  handle: (context) =>
    asStaff(context, 'user', 'read', async (session) => {
      const user = await findUser(session, context.params.id);
      assertOr(user, 'NOT_FOUND', 'there is no such user');
      return user;
    }),
});

const update = {
  params: Id,
  body: Type.Object({
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    role: Type.Optional(Role),
    subscription: Type.Optional(Plan),
    reason: Reason,
  }),
  response: User,
};

export const updateUserRoute = defineRoute<KurzoraServices, typeof update>({
  method: 'PUT',
  url: '/api/v1/admin/users/:id',
  scope: 'signed-in',
  summary: 'Changes name, role or plan; a role of staff only by who may manage staff',
  schema: update,
  async handle(context) {
    const { name, role, subscription, reason } = context.body;
    if (role === 'admin' || role === 'super_admin') await asStaff(context, 'admin', 'update', async () => undefined);
    return managed(context, context.params.id, 'update_user', { name, role, subscriptionTier: subscription }, reason);
  },
});

const status = {
  params: Id,
  body: Type.Optional(Type.Union([Type.Object({ reason: Reason }), Type.Null()])),
  response: User,
};

const switchUser = (action: 'suspend' | 'activate', summary: string) =>
  defineRoute<KurzoraServices, typeof status>({
    method: 'POST',
    url: `/api/v1/admin/users/:id/${action}`,
    scope: 'signed-in',
    summary,
    schema: status,
    async handle(context) {
      const { services, client, params, body } = context;
      const changed = await managed(
        context,
        params.id,
        `${action}_user`,
        { isActive: action === 'activate' },
        body?.reason,
      );
      await withAccounts(
        accountsOf(services).ask(client, {
          ...{ method: 'PUT', path: `/admin/users/${params.id}`, token: services.adminToken as string },
          body: { ban_duration: action === 'suspend' ? '876000h' : 'none' },
        }),
      );
      return changed;
    },
  });
export const suspendUserRoute = switchUser('suspend', 'Locks a user out; what is his stays');
export const activateUserRoute = switchUser('activate', 'Lets a user in again');

const remove = {
  params: Id,
  /** The address, typed to confirm. */
  body: Type.Object({ confirm: Type.String({ maxLength: 255 }), reason: Reason }),
  response: Type.Object({ deleted: Type.Boolean() }),
};

export const deleteUserRoute = defineRoute<KurzoraServices, typeof remove>({
  method: 'DELETE',
  url: '/api/v1/admin/users/:id',
  scope: 'signed-in',
  summary: 'Closes an account for good; its address is typed to confirm',
  schema: remove,
  async handle(context) {
    const { id } = context.params;
    await asStaff(context, 'user', 'delete', async (session, staff) => {
      const user = await findUser(session, id);
      assertOr(user, 'NOT_FOUND', 'there is no such user');
      assertOr(
        user.email === context.body.confirm.trim().toLowerCase(),
        'UNPROCESSABLE',
        'Type the address to confirm',
      );
      assertOr(id !== staff.adminId, 'CONFLICT', 'You cannot delete yourself');
      const reason = context.body.reason ?? null;
      await auditUser(session, {
        ...{ adminId: staff.adminId, userId: id, action: 'delete_user' },
        before: {},
        after: {},
        reason,
      });
      await staff.log('delete_user', id);
    });
    await closeAccount(context, id);
    return { deleted: true };
  },
});

/** Changes a user, and writes down what was before and who did it. */
function managed(
  context: StaffContext,
  id: string,
  action: string,
  change: Parameters<typeof changeUser>[2],
  reason?: string,
): Promise<ManagedUser> {
  return asStaff(context, 'user', 'update', async (session, staff) => {
    const before = await findUser(session, id);
    assertOr(before, 'NOT_FOUND', 'there is no such user');
    await changeUser(session, id, change);
    const after = (await findUser(session, id)) as ManagedUser;
    await auditUser(session, { adminId: staff.adminId, userId: id, action, before, after, reason: reason ?? null });
    await staff.log(action, id);
    return after;
  });
}
