import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { assertSetting } from '../../admin/settings.ts';
import { readConfig, writeConfig } from '../../queries/staff.ts';
import { isSettingKey, SETTING_TABLE } from '../../rules/setting-table.ts';
import type { KurzoraServices } from '../../services.ts';

const Setting = Type.Object({
  key: Type.String(),
  value: Type.Unknown(),
  category: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  /** JSON Schema of the value; null for a row that nothing reads. */
  shape: Type.Unknown(),
  fallback: Type.Unknown(),
  readBy: Type.Union([Type.String(), Type.Null()]),
  updatedAt: Type.String(),
  updatedBy: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
});
const list = { response: Type.Array(Setting) };

export const getConfigRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/admin/config',
  scope: 'signed-in',
  summary: 'Every setting, with the shape its value must have and what reads it',
  schema: list,
  handle: (context) =>
    asStaff(context, 'system', 'read', async (session) =>
      (await readConfig(session)).map(({ updatedAt, ...row }) => {
        const rule = isSettingKey(row.key) ? SETTING_TABLE[row.key] : null;
        const { shape = null, fallback = null, readBy = null } = rule ?? {};
        return { ...row, shape, fallback, readBy, updatedAt: updatedAt.toISOString() };
      }),
    ),
});

const put = {
  body: Type.Object({
    key: Type.String({ minLength: 1, maxLength: 100 }),
    value: Type.Unknown(),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  response: Type.Object({ key: Type.String(), value: Type.Unknown() }),
};

export const putConfigRoute = defineRoute<KurzoraServices, typeof put>({
  method: 'PUT',
  url: '/api/v1/admin/config',
  scope: 'signed-in',
  summary: 'Changes one setting, which holds from the next request on, on other machines within 5 seconds',
  schema: put,
  async handle(context) {
    const { key, value, reason } = context.body;
    await asStaff(context, 'system', 'update', async (session, staff) => {
      assertSetting(key, value);
      // Whoever switches it on without a second factor would lock himself out, and everybody with him.
      const alone = key === 'require_2fa_for_admin' && value === true && context.identity.claims['aal'] !== 'aal2';
      assertOr(!alone, 'CONFLICT', 'Sign in with your own second factor before you ask the others for one');
      const before = await writeConfig(session, key, value, staff.adminId);
      await staff.log('change_setting', key, { before: before?.value ?? null, after: value, reason: reason ?? null });
    });
    await context.services.settings?.reload();
    return { key, value };
  },
});
