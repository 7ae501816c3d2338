import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { tellOfIdentity } from '../../providers/linking/tell-of-identity.ts';
import { unlinkIdentity } from '../../providers/linking/unlink-identity.ts';
import { isUuid } from '../../store/users.ts';
import { assertManualLinking } from './manual-linking.ts';

/** DELETE /user/identities/:id */
export const deleteOwnIdentity = endpoint(
  'DELETE',
  '/user/identities/:id',
  'user',
  Type.Object({}),
  async (context, request, { user }) => {
    assertManualLinking(context);
    const identityId = request.params['id'] ?? '';
    if (!isUuid(identityId)) throw new AuthError(404, 'validation_failed', 'identity_id must be an UUID');
    const gone = await context.transaction((tx) => unlinkIdentity(tx, { userId: user.id, identityId, ip: request.ip }));
    tellOfIdentity(context, 'identity_unlinked', gone.user, gone.provider);
    return { status: 200, body: {} };
  },
);
