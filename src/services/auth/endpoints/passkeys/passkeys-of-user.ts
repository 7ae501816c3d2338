import { Type } from 'typebox';
import { reading, SERVICE_ACTOR, userOfPath } from '../../admin/admin-user.ts';
import { endpoint } from '../../http/endpoint.ts';
import { audit } from '../../store/audit.ts';
import { deletePasskey, passkeysOf } from '../../store/passkeys.ts';
import { passkeyJson, passkeyNotFound } from '../../webauthn/passkey-rules.ts';

const PATH = '/admin/users/:id/passkeys';

/** GET /admin/users/:id/passkeys */
export const listPasskeysOfUser = endpoint('GET', PATH, 'admin', Type.Object({}), (context, request) =>
  reading(context, async (tx) => {
    const user = await userOfPath(tx, request);
    return { status: 200, body: (await passkeysOf(tx, user.id)).map(passkeyJson) };
  }),
);

/** DELETE /admin/users/:id/passkeys/:passkey: for people who lost their device. */
export const deletePasskeyOfUser = endpoint(
  'DELETE',
  `${PATH}/:passkey`,
  'admin',
  Type.Object({}),
  (context, request) =>
    context.transaction(async (tx) => {
      const user = await userOfPath(tx, request);
      const id = request.params['passkey']!;
      if (!(await deletePasskey(tx, user.id, id))) throw passkeyNotFound();
      await audit(tx, SERVICE_ACTOR, 'passkey_deleted', {
        ip: request.ip,
        traits: { user_id: user.id, passkey_id: id },
      });
      return { status: 204 };
    }),
);
