import Type from 'typebox';
import { Answer, defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { Choice } from '../../admin/contract.ts';
import type { Area } from '../../admin/permissions.ts';
import { type ExportName, exportPage } from '../../queries/staff-export.ts';
import { csvOf } from '../../rules/csv.ts';
import type { KurzoraServices } from '../../services.ts';

/** Whose right it is to read what is exported. */
const AREA: Readonly<Record<ExportName, Area>> = { users: 'user', trades: 'user', signals: 'signal', audit: 'system' };
const MOST = 20_000;

const schema = {
  querystring: Type.Object({
    what: Choice(['users', 'signals', 'trades', 'audit']),
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: MOST, default: MOST }),
  }),
  response: Type.Unknown(),
};

export const exportRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'GET',
  url: '/api/v1/admin/export',
  scope: 'signed-in',
  summary:
    'CSV, oldest first, 20,000 rows a page; x-total-count says how many there are. Who took what is written down',
  schema,
  handle: (context) => {
    const { what, page, limit } = context.query;
    return asStaff(context, AREA[what], 'read', async (session, staff) => {
      const { columns, rows, total } = await exportPage(session, what, { page, limit });
      await staff.log('export', what, { page, rows: rows.length });
      return new Answer(200, csvOf(columns, rows), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="kurzora-${what}-${page}.csv"`,
        'cache-control': 'no-store',
        'x-total-count': String(total),
      });
    });
  },
});
