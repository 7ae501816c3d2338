import { Type } from 'typebox';
import { reading } from '../../admin/admin-user.ts';
import { pageHeaders, readPage } from '../../admin/paging.ts';
import { endpoint } from '../../http/endpoint.ts';
import { USER_COLUMNS, type UserRow } from '../../store/users.ts';
import { userBodies } from '../../users/user-body.ts';

/** Without an audience everyone; `filter` looks into the address and the full name. */
const MATCHES = `where ($1::text is null or aud = $1)
  and ($2::text is null or email ilike '%' || $2 || '%' or raw_user_meta_data->>'full_name' ilike '%' || $2 || '%')`;

/** GET /admin/users: latest first, with the pages in the headers. */
export const listUsers = endpoint('GET', '/admin/users', 'admin', Type.Object({}), async (context, request) => {
  const page = readPage(request.query);
  const audience = request.headers['x-jwt-aud'] || undefined;
  const values = [audience, request.query.get('filter') || undefined];
  return reading(context, async (tx) => {
    const { total } = await tx.one<{ total: number }>(`select count(*) as total from auth.users ${MATCHES}`, values);
    const users = await tx.query<UserRow>(
      `select ${USER_COLUMNS} from auth.users ${MATCHES} order by created_at desc nulls last, id limit $3 offset $4`,
      [...values, page.perPage, page.offset],
    );
    return {
      status: 200,
      headers: pageHeaders(request, page, total),
      body: { users: await userBodies(tx, users), aud: audience ?? 'authenticated' },
    };
  });
});
