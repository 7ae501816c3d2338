/** Shapes of /api/v1/notifications. */
import Type, { type Static, type TSchema } from 'typebox';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });

export const Notification = Type.Object({
  id: Type.String({ format: 'uuid' }),
  type: Type.Union([Type.Literal('signal'), Type.Literal('trade'), Type.Literal('system')]),
  title: Type.String(),
  body: Type.String(),
  data: Type.Unknown(),
  readAt: Nullable(Type.String()),
  createdAt: Type.String(),
});
export type Notification = Static<typeof Notification>;

/** How often mails about signals come: each at once, or gathered. */
export const Digest = Type.Union([
  Type.Literal('realtime'),
  Type.Literal('hourly'),
  Type.Literal('daily'),
  Type.Literal('weekly'),
]);

export const Summary = Type.Union([Type.Literal('never'), Type.Literal('daily'), Type.Literal('weekly')]);

const changeable = {
  minimumScore: Type.Integer({ minimum: 50, maximum: 100 }),
  /** Null: no limit of one's own; the plan may have one. */
  dailyAlertLimit: Nullable(Type.Integer({ minimum: 0, maximum: 1000 })),
  emailEnabled: Type.Boolean(),
  telegramEnabled: Type.Boolean(),
  pushEnabled: Type.Boolean(),
  tradingHoursOnly: Type.Boolean(),
  quietHoursStart: Nullable(Time),
  quietHoursEnd: Nullable(Time),
  timezone: Type.String({ minLength: 1, maxLength: 50 }),
  digest: Digest,
  /** A message when stop or target closes a paper trade. */
  tradeUpdates: Type.Boolean(),
  /** A mail with the value of the portfolio and what was closed, when there is anything to tell. */
  portfolioSummary: Summary,
};

export const SettingsChange = Type.Partial(Type.Object(changeable));
export type SettingsChange = Static<typeof SettingsChange>;

export const NotificationSettings = Type.Object({
  ...changeable,
  minimumScore: Type.Integer(),
  /** What holds: the plan's limit or one's own, whichever is less. */
  effectiveDailyLimit: Nullable(Type.Integer()),
  telegramLinked: Type.Boolean(),
  /** Whether this server can send to Telegram at all. */
  telegramAvailable: Type.Boolean(),
  /** Whose rights count now: a live trial has the professional's. */
  plan: Type.Union([Type.Literal('starter'), Type.Literal('professional'), Type.Literal('elite')]),
  /** What the plan allows; alertsPerDay null: as many as there are. */
  allowed: Type.Object({ alertsPerDay: Nullable(Type.Integer()), telegram: Type.Boolean(), push: Type.Boolean() }),
  /** What a browser subscribes with (applicationServerKey). */
  pushPublicKey: Type.String(),
});
export type NotificationSettings = Static<typeof NotificationSettings>;
