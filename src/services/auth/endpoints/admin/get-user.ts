import { Type } from 'typebox';
import { reading, userOfPath } from '../../admin/admin-user.ts';
import { endpoint } from '../../http/endpoint.ts';
import { userBody } from '../../users/user-body.ts';

/** GET /admin/users/:id */
export const getUser = endpoint('GET', '/admin/users/:id', 'admin', Type.Object({}), (context, request) =>
  reading(context, async (tx) => ({ status: 200, body: await userBody(tx, await userOfPath(tx, request)) })),
);
