/** Shapes of the staff's routes; the web imports their types. */
import Type, { type Static, type TSchema } from 'typebox';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const Choice = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...values] }));

export const Me = Type.Object({
  id: Type.String(),
  role: Choice(['super_admin', 'admin', 'analyst', 'support']),
  /** Area (user, signal, system, admin) -> what the role may do there. */
  permissions: Type.Record(Type.String(), Type.Array(Type.String())),
});
export type Me = Static<typeof Me>;

/** What a signal of the list can be: a draft is pending or rejected, all else is a status of trading_signals. */
export const SIGNAL_STATES = [
  ...['pending', 'rejected', 'active', 'triggered', 'expired', 'archived', 'cancelled', 'closed'],
] as const;

const Person = Nullable(Type.Object({ id: Type.String(), name: Type.String() }));

export const AdminSignal = Type.Object({
  id: Type.String(),
  ticker: Type.String(),
  companyName: Nullable(Type.String()),
  sector: Nullable(Type.String()),
  signalType: Choice(['bullish', 'bearish', 'neutral']),
  finalScore: Type.Integer(),
  /** Null for a draft. */
  currentPrice: Nullable(Type.Number()),
  entryPrice: Type.Number(),
  stopLoss: Type.Number(),
  takeProfit: Type.Number(),
  riskRewardRatio: Type.Number(),
  explanation: Nullable(Type.String()),
  status: Type.String(),
  /** Null for signals of the engine. */
  approval: Nullable(Choice(['pending', 'approved', 'rejected'])),
  origin: Choice(['engine', 'manual']),
  executedCount: Type.Integer(),
  createdBy: Person,
  approvedBy: Person,
  notes: Nullable(Type.String()),
  /** Oldest first. */
  auditTrail: Type.Array(
    Type.Object({
      at: Type.String(),
      by: Type.String(),
      action: Type.String(),
      from: Nullable(Type.String()),
      to: Type.String(),
      note: Nullable(Type.String()),
    }),
  ),
  createdAt: Type.String(),
  expiresAt: Nullable(Type.String()),
});
export type AdminSignal = Static<typeof AdminSignal>;

const Price = Type.Number({ exclusiveMinimum: 0, maximum: 99_999_999 });
export const SignalIdeaBody = {
  ticker: Type.String({ minLength: 1, maxLength: 10, pattern: '^\\s*[A-Za-z0-9.\\-]+\\s*$' }),
  signalType: Choice(['bullish', 'bearish', 'neutral']),
  finalScore: Type.Integer({ minimum: 0, maximum: 100 }),
  entryPrice: Price,
  stopLoss: Price,
  takeProfit: Price,
};
export const SignalRemarks = {
  explanation: Type.Optional(Nullable(Type.String({ maxLength: 5000 }))),
  notes: Type.Optional(Nullable(Type.String({ maxLength: 2000 }))),
  /** Absent: by the settings' hours and the exchange's calendar, from the approval on. */
  expiresAt: Type.Optional(Nullable(Type.String({ format: 'date-time' }))),
};
