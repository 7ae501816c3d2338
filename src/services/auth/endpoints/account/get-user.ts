import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { shownUser } from '../../users/user-body.ts';

/** GET /user: who the token belongs to, as it is in the database now. */
export const getUser = endpoint('GET', '/user', 'user', Type.Object({}), async (context, _request, { user }) => ({
  status: 200,
  body: await shownUser(context, user),
}));
