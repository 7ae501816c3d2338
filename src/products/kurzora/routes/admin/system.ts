import Type from 'typebox';
import { defineRoute, Page } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { type LogName, readLog } from '../../queries/operations.ts';
import { systemStats } from '../../queries/staff.ts';
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

const Moment = Type.Optional(Type.String({ format: 'date-time' }));
const logs = {
  querystring: Type.Object({
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
    search: Type.Optional(Type.String({ maxLength: 255 })),
    /** Of an error its name, of a deed its action, of an event its kind. */
    type: Type.Optional(Type.String({ maxLength: 100 })),
    userId: Type.Optional(Type.String({ format: 'uuid' })),
    from: Moment,
    to: Moment,
  }),
  response: Type.Array(Some),
};

const logRoute = (name: LogName, summary: string) =>
  defineRoute<KurzoraServices, typeof logs>({
    method: 'GET',
    url: `/api/v1/admin/system/logs/${name}`,
    scope: 'signed-in',
    summary,
    schema: logs,
    handle: (context) =>
      asStaff(context, 'system', 'read', async (session) => {
        const { page, limit } = context.query;
        const { entries, total } = await readLog(session, name, { ...context.query, page, limit });
        return new Page(entries, { total, page, limit, hasMore: page * limit < total });
      }),
  });
export const errorLogRoute = logRoute('errors', 'Answers of 500 and more and failed jobs, newest first');
export const auditLogRoute = logRoute('audit', 'What staff did, newest first');
export const securityLogRoute = logRoute('security', 'Security events of accounts, newest first');
