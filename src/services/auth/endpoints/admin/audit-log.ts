import { Type } from 'typebox';
import { reading } from '../../admin/admin-user.ts';
import { pageHeaders, readPage } from '../../admin/paging.ts';
import { validationFailed } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';

/** What `query=<scope>:<text>` looks into. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  author: ['actor_username', 'actor_name'],
  action: ['action'],
  type: ['log_type'],
};

const MATCHES = `where ($1::text[] is null
  or exists (select from unnest($1::text[]) as field where payload->>field ilike '%' || $2 || '%'))`;

/** GET /admin/audit: latest first, with the pages in the headers. */
export const auditLog = endpoint('GET', '/admin/audit', 'admin', Type.Object({}), async (context, request) => {
  const page = readPage(request.query);
  const values = readQuery(request.query.get('query') ?? '');
  return reading(context, async (tx) => {
    const { total } = await tx.one<{ total: number }>(
      `select count(*) as total from auth.audit_log_entries ${MATCHES}`,
      values,
    );
    const body = await tx.query(
      `select id, payload, created_at, ip_address from auth.audit_log_entries ${MATCHES}
       order by created_at desc, id limit $3 offset $4`,
      [...values, page.perPage, page.offset],
    );
    return { status: 200, headers: pageHeaders(request, page, total), body };
  });
});

function readQuery(query: string): [readonly string[] | undefined, string | undefined] {
  if (query === '') return [undefined, undefined];
  const [, scope = '', text] = /^([^:]*):?(.*)$/s.exec(query) ?? [];
  const fields = Object.hasOwn(SCOPES, scope) ? SCOPES[scope] : undefined;
  if (!fields || !query.includes(':')) throw validationFailed(`Invalid query scope: ${query}`);
  return [fields, text];
}
