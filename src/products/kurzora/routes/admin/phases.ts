import Type, { type TSchema } from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { asStaff } from '../../admin/as-staff.ts';
import { writeConfig } from '../../queries/staff.ts';
import { gateFigures } from '../../queries/staff-figures.ts';
import { publicPhase } from '../../queries/status.ts';
import { PHASES, type PhaseNumber, phaseOf } from '../../rules/phases.ts';
import type { KurzoraServices } from '../../services.ts';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Gate = Nullable(Type.Object({ payers: Type.Integer(), winRate: Type.Number() }));
const Overview = Type.Object({
  current: Type.Integer(),
  /** False: PHASE of the configuration says it. */
  chosen: Type.Boolean(),
  payers: Type.Integer(),
  /** Target hits among signals that reached a level, 90 days, percent; null when none did. */
  winRate: Nullable(Type.Number()),
  ended: Type.Integer(),
  phases: Type.Array(
    Type.Object({
      number: Type.Integer(),
      universe: Type.String(),
      stocks: Type.Integer(),
      intervalMinutes: Type.Number(),
      provider: Type.String(),
      monthlyCost: Type.Number(),
      gate: Gate,
      gateReached: Type.Boolean(),
    }),
  ),
});

const list = { response: Overview };

export const getPhasesRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/admin/phases',
  scope: 'signed-in',
  summary: 'What each phase scans, how often and at what cost, and how far its gate is',
  schema: list,
  handle: (context) =>
    asStaff(context, 'system', 'read', async (session) => {
      const chosen = await publicPhase(session);
      const figures = await gateFigures(session);
      const phases = Object.values(PHASES).map((phase) => ({ ...phase, gateReached: reached(phase.number, figures) }));
      return { current: chosen ?? context.project.config.phase, chosen: chosen !== null, ...figures, phases };
    }),
});

const change = {
  body: Type.Object({
    phase: Nullable(Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)])),
    /** Goes up though the gate is not reached. */
    force: Type.Optional(Type.Boolean()),
  }),
  response: Type.Object({ phase: Type.Integer() }),
};

export const putPhaseRoute = defineRoute<KurzoraServices, typeof change>({
  method: 'PUT',
  url: '/api/v1/admin/phases',
  scope: 'signed-in',
  summary: 'Switches the phase: the next scan takes its universe and its interval; null leaves it to the configuration',
  schema: change,
  async handle(context) {
    const { body, project, services } = context;
    const phase = await asStaff(context, 'system', 'update', async (session, staff) => {
      const now = (await publicPhase(session)) ?? project.config.phase;
      const next = body.phase ?? project.config.phase;
      const figures = await gateFigures(session);
      assertOr(
        next <= now || body.force || reached(next, figures),
        'CONFLICT',
        `The gate of phase ${next} is not reached; repeat with force to switch all the same`,
        { gate: phaseOf(next)?.gate, ...figures },
      );
      await writeConfig(session, 'active_phase', body.phase, staff.adminId);
      await staff.log('change_phase', String(next), { before: now, after: next, forced: body.force ?? false });
      return next;
    });
    services.phase = phase;
    return { phase };
  },
});

function reached(number: PhaseNumber, { payers, winRate }: { payers: number; winRate: number | null }): boolean {
  const { gate } = PHASES[number];
  return gate === null || (payers >= gate.payers && (winRate ?? 0) >= gate.winRate);
}
