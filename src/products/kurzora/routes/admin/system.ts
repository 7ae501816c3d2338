import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { assertSetting } from '../../admin/settings.ts';
import { readConfig, readLog, systemStats, writeConfig } from '../../queries/staff.ts';
import type { KurzoraServices } from '../../services.ts';

const Some = Type.Record(Type.String(), Type.Unknown());
const stats = { response: Some };

export const systemStatsRoute = defineRoute<KurzoraServices, typeof stats>({
  method: 'GET',
  url: '/api/v1/admin/system/stats',
  scope: 'signed-in',
  summary: 'Users, trades, signals and revenue in figures',
  schema: stats,
  handle: (context) => asStaff(context, 'system', 'read', systemStats),
});

const logs = {
  querystring: Type.Object({
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  }),
  response: Type.Array(Some),
};

const logRoute = (kind: 'errors' | 'audit', summary: string) =>
  defineRoute<KurzoraServices, typeof logs>({
    method: 'GET',
    url: `/api/v1/admin/system/logs/${kind}`,
    scope: 'signed-in',
    summary,
    schema: logs,
    handle: (context) =>
      asStaff(context, 'system', 'read', async (session) => {
        const rows = await readLog(session, kind, context.query.limit, context.query.page);
        return rows.map(({ entry }) => entry);
      }),
  });
export const errorLogRoute = logRoute('errors', 'Errors, newest first');
export const auditLogRoute = logRoute('audit', 'What staff did, newest first');

const config = { response: Type.Array(Some) };

export const getConfigRoute = defineRoute<KurzoraServices, typeof config>({
  method: 'GET',
  url: '/api/v1/admin/config',
  scope: 'signed-in',
  summary: 'Every setting',
  schema: config,
  handle: (context) => asStaff(context, 'system', 'read', readConfig),
});

const putConfig = {
  body: Type.Object({ key: Type.String({ minLength: 1, maxLength: 100 }), value: Type.Unknown() }),
  response: Some,
};

export const putConfigRoute = defineRoute<KurzoraServices, typeof putConfig>({
  method: 'PUT',
  url: '/api/v1/admin/config',
  scope: 'signed-in',
  summary: 'Changes one setting; a value that would stop the engine is refused',
  schema: putConfig,
  handle: (context) =>
    asStaff(context, 'system', 'update', async (session, staff) => {
      const { key, value } = context.body;
      assertSetting(key, value);
      const before = await writeConfig(session, key, value, staff.adminId);
      assertOr(before, 'NOT_FOUND', 'there is no such setting');
      await staff.log('change_setting', key, { before: before.value, after: value });
      return { key, value };
    }),
});
