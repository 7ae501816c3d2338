import { Type } from 'typebox';
import { reading, SERVICE_ACTOR, userOfPath } from '../../admin/admin-user.ts';
import { AuthError } from '../../errors.ts';
import { ownFactor } from '../../factors/challenge.ts';
import { endpoint } from '../../http/endpoint.ts';
import { normalisePhone } from '../../rules/addresses.ts';
import { audit } from '../../store/audit.ts';
import { factorsOf, deleteFactor as removeFactor, updateFactor as writeFactor } from '../../store/factors.ts';
import { factorJson } from '../../users/user-body.ts';

const PATH = '/admin/users/:id/factors';
const Changes = Type.Object({
  friendly_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  phone: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

/** GET /admin/users/:id/factors */
export const listFactors = endpoint('GET', PATH, 'admin', Type.Object({}), (context, request) =>
  reading(context, async (tx) => {
    const user = await userOfPath(tx, request);
    return { status: 200, body: (await factorsOf(tx, user.id)).map(factorJson) };
  }),
);

/** PUT /admin/users/:id/factors/:factor */
export const updateFactor = endpoint('PUT', `${PATH}/:factor`, 'admin', Changes, (context, request) =>
  context.transaction(async (tx) => {
    const user = await userOfPath(tx, request);
    const factor = await ownFactor(tx, user.id, request.params['factor']!, { lock: true });
    const { friendly_name: friendlyName, phone } = request.body;
    if (phone && factor.factor_type !== 'phone')
      throw new AuthError(400, 'validation_failed', 'Only a phone factor has a phone');
    const changed = await writeFactor(tx, factor.id, {
      ...(friendlyName && { friendlyName }),
      ...(phone && { phone: normalisePhone(phone) }),
    });
    await audit(tx, SERVICE_ACTOR, 'factor_updated', {
      ip: request.ip,
      traits: { user_id: user.id, factor_id: factor.id, factor_type: factor.factor_type },
    });
    return { status: 200, body: factorJson(changed) };
  }),
);

/** DELETE /admin/users/:id/factors/:factor: for people who lost their device. */
export const deleteFactor = endpoint('DELETE', `${PATH}/:factor`, 'admin', Type.Object({}), (context, request) =>
  context.transaction(async (tx) => {
    const user = await userOfPath(tx, request);
    const factor = await ownFactor(tx, user.id, request.params['factor']!, { lock: true });
    await removeFactor(tx, factor);
    await audit(tx, SERVICE_ACTOR, 'factor_deleted', {
      ip: request.ip,
      traits: { user_id: user.id, factor_id: factor.id },
    });
    return { status: 200, body: factorJson(factor) };
  }),
);
