import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute, Page } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { AdminSignal, Choice, SIGNAL_STATES, SignalIdeaBody, SignalRemarks } from '../../admin/contract.ts';
import { approveDraft, draftOf, type Idea, keepTrail } from '../../admin/signal-drafts.ts';
import {
  changeDraft,
  changeNotes,
  changeRunning,
  findStaffSignal,
  insertDraft,
  listStaffSignals,
} from '../../queries/staff-signals.ts';
import type { KurzoraServices } from '../../services.ts';

const list = {
  querystring: Type.Object({
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    status: Type.Optional(Choice(SIGNAL_STATES)),
    approval: Type.Optional(Choice(['pending', 'approved', 'rejected', 'none'])),
    ticker: Type.Optional(Type.String({ maxLength: 10 })),
  }),
  response: Type.Array(AdminSignal),
};

export const listAdminSignalsRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/admin/signals',
  scope: 'signed-in',
  summary: 'Drafts that wait or were rejected, and every signal, newest first; approval=none are those of the engine',
  schema: list,
  handle: (context) =>
    asStaff(context, 'signal', 'read', async (session) => {
      const { page, limit } = context.query;
      const { signals, total } = await listStaffSignals(session, { ...context.query, page, limit });
      return new Page(signals, { total, page, limit, hasMore: page * limit < total });
    }),
});

const create = {
  body: Type.Object({
    ...SignalIdeaBody,
    ...SignalRemarks,
    /** True: it waits for approval even where its maker could let it out himself. */
    draft: Type.Optional(Type.Boolean()),
  }),
  response: AdminSignal,
};

export const createAdminSignalRoute = defineRoute<KurzoraServices, typeof create>({
  method: 'POST',
  url: '/api/v1/admin/signals',
  scope: 'signed-in',
  summary:
    'Makes a signal by hand; customers see it once somebody who may approve has let it out, or its maker may himself',
  schema: create,
  status: 201,
  handle: (context) =>
    asStaff(context, 'signal', 'create', async (session, staff) => {
      const now = context.project.now();
      const id = await insertDraft(session, await draftOf(session, context.body, now), staff.adminId);
      await keepTrail(session, now, staff, id, { action: 'create', from: null, to: 'pending', note: null });
      await staff.log('create_signal', id, { ticker: context.body.ticker });
      if (staff.may('signal', 'approve') && !context.body.draft) await approveDraft(context, session, staff, id, null);
      return (await findStaffSignal(session, id)) as AdminSignal;
    }),
});

const id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const change = {
  params: id,
  body: Type.Partial(Type.Object({ ...SignalIdeaBody, ...SignalRemarks }), { minProperties: 1 }),
  response: AdminSignal,
};
const LEVELS = Object.keys(SignalIdeaBody) as (keyof typeof SignalIdeaBody)[];

export const updateAdminSignalRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'PUT',
  url: '/api/v1/admin/signals/:id',
  scope: 'signed-in',
  summary:
    'Changes a draft that waits, or explanation, notes and expiry of a signal that runs: its levels never change',
  schema: change,
  handle: (context) =>
    asStaff(context, 'signal', 'update', async (session, staff) => {
      const { params, body, project } = context;
      const known = await findStaffSignal(session, params.id);
      assertOr(known, 'NOT_FOUND', 'there is no such signal');
      const now = project.now();
      if (known.status === 'pending') {
        const idea = { ...known, ...body } as Idea;
        assertOr(
          await changeDraft(session, known.id, await draftOf(session, idea, now)),
          'CONFLICT',
          'This signal was just decided on',
        );
      } else {
        const fixed = LEVELS.filter((field) => body[field] !== undefined && body[field] !== known[field]);
        if (fixed.length > 0)
          throw new Refusal('CONFLICT', 'What a signal was published with never changes', { details: fixed });
        assertOr(!body.expiresAt || Date.parse(body.expiresAt) > now, 'VALIDATION_ERROR', 'expiresAt has passed');
        assertOr(await changeRunning(session, known.id, body), 'CONFLICT', `This signal is ${known.status}`);
        if (body.notes !== undefined) await changeNotes(session, known.id, body.notes);
      }
      const { status } = known;
      await keepTrail(session, now, staff, known.id, { action: 'update', from: status, to: status, note: null });
      await staff.log('update_signal', known.id, body);
      return (await findStaffSignal(session, known.id)) as AdminSignal;
    }),
});
