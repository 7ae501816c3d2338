import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { ownFactor } from '../../factors/challenge.ts';
import { sessionOf } from '../../factors/enrolment.ts';
import { endpoint } from '../../http/endpoint.ts';
import { audit } from '../../store/audit.ts';
import { deleteFactor as removeFactor } from '../../store/factors.ts';

/** DELETE /factors/:id: a verified factor goes only from a session that has proven it, or a stolen password would be enough. */
export const deleteFactor = endpoint(
  'DELETE',
  '/factors/:id',
  'user',
  Type.Object({}),
  async (context, request, caller) => {
    const session = sessionOf(caller);
    const id = await context.transaction(async (tx) => {
      const factor = await ownFactor(tx, caller.user.id, request.params['id']!, { lock: true });
      if (factor.status === 'verified' && session.aal !== 'aal2' && session.aal !== 'aal3')
        throw new AuthError(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor');
      await removeFactor(tx, factor);
      await audit(tx, caller.user, 'factor_unenrolled', {
        ip: request.ip,
        traits: { factor_id: factor.id, factor_status: factor.status, session_id: session.id },
      });
      return factor.id;
    });
    return { status: 200, body: { id } };
  },
);
