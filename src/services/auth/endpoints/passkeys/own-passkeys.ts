import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { audit } from '../../store/audit.ts';
import { passkeysOf, deletePasskey as removePasskey, renamePasskey } from '../../store/passkeys.ts';
import { assertPasskeys, checkedName, passkeyJson, passkeyNotFound } from '../../webauthn/passkey-rules.ts';

const Changes = Type.Object({ friendly_name: Type.Optional(Type.Union([Type.String(), Type.Null()])) });

/** GET /passkeys */
export const listPasskeys = endpoint(
  'GET',
  '/passkeys',
  'user',
  Type.Object({}),
  async (context, _request, { user }) => {
    assertPasskeys(context);
    const rows = await context.transaction((tx) => passkeysOf(tx, user.id), { readOnly: true });
    return { status: 200, body: rows.map(passkeyJson) };
  },
);

/** PATCH /passkeys/:id: another name. */
export const updatePasskey = endpoint('PATCH', '/passkeys/:id', 'user', Changes, async (context, request, { user }) => {
  assertPasskeys(context);
  const name = checkedName(request.body.friendly_name);
  const row = await context.transaction(async (tx) => {
    const changed = await renamePasskey(tx, user.id, request.params['id']!, name);
    if (!changed) throw passkeyNotFound();
    await audit(tx, user, 'passkey_updated', { ip: request.ip, traits: { passkey_id: changed.id } });
    return changed;
  });
  return { status: 200, body: passkeyJson(row) };
});

/** DELETE /passkeys/:id */
export const deletePasskey = endpoint(
  'DELETE',
  '/passkeys/:id',
  'user',
  Type.Object({}),
  async (context, request, { user }) => {
    assertPasskeys(context);
    await context.transaction(async (tx) => {
      const id = request.params['id']!;
      if (!(await removePasskey(tx, user.id, id))) throw passkeyNotFound();
      await audit(tx, user, 'passkey_deleted', { ip: request.ip, traits: { passkey_id: id } });
    });
    return { status: 204 };
  },
);
