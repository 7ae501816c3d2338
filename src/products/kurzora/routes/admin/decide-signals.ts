/** What becomes of a signal by hand: approved, rejected, expired, cancelled. */
import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { AdminSignal } from '../../admin/contract.ts';
import { approveDraft, keepTrail } from '../../admin/signal-drafts.ts';
import { decideDraft, endByHand, findStaffSignal } from '../../queries/staff-signals.ts';
import type { KurzoraServices } from '../../services.ts';

const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Note = Type.Optional(
  Type.Union([Type.Object({ note: Type.Optional(Type.String({ maxLength: 2000 })) }), Type.Null()]),
);
const decide = { params, body: Note, response: AdminSignal };

export const approveSignalRoute = defineRoute<KurzoraServices, typeof decide>({
  method: 'POST',
  url: '/api/v1/admin/signals/:id/approve',
  scope: 'signed-in',
  summary: 'Lets a draft out: customers see it, and whoever is to be alerted is',
  schema: decide,
  handle: (context) =>
    asStaff(context, 'signal', 'approve', async (session, staff) => {
      const { params: asked, body } = context;
      await approveDraft(context, session, staff, asked.id, body?.note ?? null);
      return (await findStaffSignal(session, asked.id)) as AdminSignal;
    }),
});

export const rejectSignalRoute = defineRoute<KurzoraServices, typeof decide>({
  method: 'POST',
  url: '/api/v1/admin/signals/:id/reject',
  scope: 'signed-in',
  summary: 'Keeps a draft in for good; it stays in the list of staff',
  schema: decide,
  handle: (context) =>
    asStaff(context, 'signal', 'approve', async (session, staff) => {
      const { params: asked, body, project } = context;
      const known = await findStaffSignal(session, asked.id);
      assertOr(known, 'NOT_FOUND', 'there is no such signal');
      const done = await decideDraft(session, known.id, 'rejected', staff.adminId);
      assertOr(done, 'CONFLICT', `This signal is ${known.status}`);
      const note = body?.note ?? null;
      await keepTrail(session, project.now(), staff, known.id, {
        ...{ action: 'reject', from: 'pending', to: 'rejected', note },
      });
      await staff.log('reject_signal', known.id, { note });
      return (await findStaffSignal(session, known.id)) as AdminSignal;
    }),
});

const end = { params, response: Type.Object({ id: Type.String(), status: Type.String() }) };

const endSignal = (method: 'POST' | 'DELETE', url: string, status: 'expired' | 'cancelled', summary: string) =>
  defineRoute<KurzoraServices, typeof end>({
    ...{ method, url, scope: 'signed-in', summary, schema: end },
    handle: (context) =>
      asStaff(context, 'signal', method === 'DELETE' ? 'delete' : 'update', async (session, staff) => {
        const { project } = context;
        const { id } = context.params;
        const ended = await endByHand(session, id, status, project.now());
        const withdrawn =
          !ended && status === 'cancelled' && (await decideDraft(session, id, 'rejected', staff.adminId));
        assertOr(ended || withdrawn, 'NOT_FOUND', 'there is no such signal that runs');
        const to = withdrawn ? 'rejected' : status;
        const trail = { action: status === 'expired' ? 'expire' : 'cancel', from: ended?.from ?? 'pending', to };
        await keepTrail(session, project.now(), staff, id, { ...trail, note: null });
        await staff.log(`${status}_signal`, id);
        return { id, status: to };
      }),
  });
export const expireSignalRoute = endSignal('POST', '/api/v1/admin/signals/:id/expire', 'expired', 'Ends a signal now');
export const cancelSignalRoute = endSignal(
  'DELETE',
  '/api/v1/admin/signals/:id',
  'cancelled',
  'Takes a signal back, or withdraws a draft; it is kept',
);
