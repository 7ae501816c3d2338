/**
 * The only file that reads the environment. Every variable stands in `VARIABLES`; the frozen result is passed in everywhere else.
 * An error names the variable, what is wrong with it and what would be right; all errors are reported at once.
 */
import { isAbsolute, resolve } from 'node:path';
import { OperatorError } from './errors.ts';

export type Mode = 'development' | 'production';
/** `auto`: Stripe when there is a key, else the fake of development, else (production) no payments. */
export type StripeMode = 'auto' | 'stripe' | 'fake';
export type MarketDataChoice = 'auto' | 'simulated' | 'polygon' | 'files';

export interface Config {
  readonly mode: Mode;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  /** Where people reach the server: in links of mails and addresses of files. Absent: http on `host` and `port`. */
  readonly publicUrl?: string;
  readonly logLevel: string;
  /** External Postgres; absent means embedded. */
  readonly databaseUrl?: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly jwtSecret?: string;
  /** `s3://bucket/prefix?endpoint=https://...&region=...`; absent: files lie in the data folder. */
  readonly blobs?: string;
  /** The Redis that carries messages between processes; absent: NOTIFY does. */
  readonly bus?: string;
  readonly s3AccessKeyId?: string;
  readonly s3SecretAccessKey?: string;
  readonly marketData: MarketDataChoice;
  readonly polygonApiKey?: string;
  readonly polygonUrl: string;
  readonly polygonCallsPerMinute: number;
  readonly simulationSeed: number;
  readonly stripeMode: StripeMode;
  readonly stripeSecretKey?: string;
  readonly stripeWebhookSecret?: string;
  readonly stripeUrl: string;
  /** Whether people confirm their address by a mail before they may sign in. */
  readonly confirmEmail: boolean;
  /** smtp://user:password@host:587, or smtps: for TLS from the start. */
  readonly smtpUrl?: string;
  readonly sendgridApiKey?: string;
  /** `Name <address>`. */
  readonly mailFrom: string;
  readonly telegramBotToken?: string;
  readonly telegramBotName?: string;
  readonly telegramWebhookSecret?: string;
  readonly telegramApiUrl: string;
  readonly makeWebhookUrl?: string;
  /** Of the generic envelope, one for each of its types. */
  readonly makeSignalUrl?: string;
  readonly makeTradeUrl?: string;
  readonly makeRiskUrl?: string;
  readonly makeSystemUrl?: string;
  readonly makeApiKey?: string;
  /** Signs webhooks in both directions. Absent: derived from the project's secret. */
  readonly webhookSecret?: string;
  /** 32 bytes, base64url. Absent: derived from the project's secret. */
  readonly vapidPrivateKey?: string;
  /** Whose account becomes the first of the staff. */
  readonly adminBootstrapEmail?: string;
  /** 1: 500 stocks every 15 min; 2: 1,000 every 10; 3: 6,000 every 5. */
  readonly phase: 1 | 2 | 3;
}

interface Variable {
  readonly name: string;
  readonly fallback?: string;
  readonly right: string;
  readonly secret?: boolean;
  check(value: string): boolean;
}

const integer = (min: number, max: number) => (value: string) =>
  /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
const oneOf =
  (...values: string[]) =>
  (value: string) =>
    values.includes(value);
const url =
  (...schemes: string[]) =>
  (value: string) =>
    URL.canParse(value) && schemes.includes(new URL(value).protocol);
const makeUrl = (name: string): Variable => ({
  name,
  right: 'the address of the Make.com webhook',
  secret: true,
  check: url('https:', 'http:'),
});

const VARIABLES = {
  mode: {
    name: 'NODE_ENV',
    fallback: 'development',
    right: 'development or production',
    check: oneOf('development', 'production', 'test'),
  },
  dataFolder: {
    name: 'FREEHOLD_DATA',
    fallback: '.freehold',
    right: 'the path of a folder',
    check: (value) => value.length > 0,
  },
  host: {
    name: 'HOST',
    fallback: '127.0.0.1',
    right: 'an address to listen on, e.g. 127.0.0.1 or 0.0.0.0',
    check: (value) => /^[\w.:-]+$/.test(value),
  },
  port: { name: 'PORT', fallback: '54321', right: 'a port from 0 (any free one) to 65535', check: integer(0, 65535) },
  publicUrl: {
    name: 'FREEHOLD_PUBLIC_URL',
    right: 'the address people reach the server at, e.g. https://api.example.com',
    check: url('https:', 'http:'),
  },
  logLevel: {
    name: 'LOG_LEVEL',
    fallback: 'info',
    right: 'trace, debug, info, warn, error, fatal or silent',
    check: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    right: 'postgresql://user:password@host:5432/name',
    secret: true,
    // parseDatabaseUrl judges the rest: libpq's addresses need not be valid URLs (`user@/name?host=/run/postgresql`).
    check: (value) => /^postgres(ql)?:\/\//.test(value),
  },
  poolSize: {
    name: 'FREEHOLD_POOL_SIZE',
    fallback: '10',
    right: 'a number of connections from 1 to 500',
    check: integer(1, 500),
  },
  statementTimeoutMs: {
    name: 'FREEHOLD_STATEMENT_TIMEOUT_MS',
    fallback: '30000',
    right: 'milliseconds from 10 to 3600000',
    check: integer(10, 3_600_000),
  },
  jwtSecret: {
    name: 'JWT_SECRET',
    right: 'at least 32 characters',
    secret: true,
    check: (value) => value.length >= 32,
  },
  blobs: {
    name: 'FREEHOLD_BLOBS',
    right: 's3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1',
    check: url('s3:'),
  },
  bus: {
    name: 'FREEHOLD_BUS',
    right: 'redis://user:password@host:6379, or rediss:// for TLS',
    secret: true,
    check: url('redis:', 'rediss:'),
  },
  s3AccessKeyId: {
    name: 'AWS_ACCESS_KEY_ID',
    right: 'an access key',
    secret: true,
    check: (value) => value.length >= 3,
  },
  s3SecretAccessKey: {
    name: 'AWS_SECRET_ACCESS_KEY',
    right: 'the secret of AWS_ACCESS_KEY_ID',
    secret: true,
    check: (value) => value.length >= 8,
  },
  marketData: {
    name: 'MARKET_DATA',
    fallback: 'auto',
    right: 'auto, simulated, polygon or files',
    check: oneOf('auto', 'simulated', 'polygon', 'files'),
  },
  polygonApiKey: {
    name: 'POLYGON_API_KEY',
    right: 'the key from your Polygon account',
    secret: true,
    check: (value) => value.length >= 8,
  },
  polygonUrl: {
    name: 'POLYGON_API_URL',
    fallback: 'https://api.polygon.io',
    right: 'an http(s) address',
    check: url('https:', 'http:'),
  },
  polygonCallsPerMinute: {
    name: 'POLYGON_CALLS_PER_MINUTE',
    fallback: '5',
    right: 'calls a minute your plan allows, 1 to 100000',
    check: integer(1, 100_000),
  },
  simulationSeed: {
    name: 'SIMULATION_SEED',
    fallback: '1',
    right: 'a whole number from 0 to 4294967295',
    check: integer(0, 4_294_967_295),
  },
  stripeMode: {
    name: 'STRIPE_MODE',
    fallback: 'auto',
    right: 'auto, stripe or fake (nobody is charged)',
    check: oneOf('auto', 'stripe', 'fake'),
  },
  stripeSecretKey: {
    name: 'STRIPE_SECRET_KEY',
    right: 'the secret or restricted key of your Stripe account',
    secret: true,
    check: (value) => value.length >= 8,
  },
  stripeWebhookSecret: {
    name: 'STRIPE_WEBHOOK_SECRET',
    right: 'the signing secret of your webhook endpoint at Stripe',
    secret: true,
    check: (value) => value.length >= 8,
  },
  stripeUrl: {
    name: 'STRIPE_API_URL',
    fallback: 'https://api.stripe.com',
    right: 'an http(s) address',
    check: url('https:', 'http:'),
  },
  confirmEmail: {
    name: 'CONFIRM_EMAIL',
    fallback: 'false',
    right: 'true or false',
    check: oneOf('true', 'false'),
  },
  smtpUrl: {
    name: 'SMTP_URL',
    right: 'smtp://user:password@host:587 or smtps://user:password@host:465',
    secret: true,
    check: url('smtp:', 'smtps:'),
  },
  sendgridApiKey: {
    name: 'SENDGRID_API_KEY',
    right: 'an API key of your SendGrid account',
    secret: true,
    check: (value) => value.length >= 8,
  },
  mailFrom: {
    name: 'MAIL_FROM',
    fallback: 'Kurzora <noreply@kurzora.com>',
    right: 'an address, e.g. Kurzora <noreply@example.com>',
    check: (value) => /^[^\r\n]*[^\s@<>]+@[\w.-]+>?$/.test(value),
  },
  telegramBotToken: {
    name: 'TELEGRAM_BOT_TOKEN',
    right: 'the token BotFather gave, e.g. 123456:ABC-DEF',
    secret: true,
    check: (value) => /^\d+:[\w-]+$/.test(value),
  },
  telegramBotName: {
    name: 'TELEGRAM_BOT_NAME',
    right: 'the name of the bot without @',
    check: (value) => /^\w{3,64}$/.test(value),
  },
  telegramWebhookSecret: {
    name: 'TELEGRAM_WEBHOOK_SECRET',
    right: 'the secret_token that was given to setWebhook',
    secret: true,
    check: (value) => /^[\w-]{1,256}$/.test(value),
  },
  telegramApiUrl: {
    name: 'TELEGRAM_API_URL',
    fallback: 'https://api.telegram.org',
    right: 'an http(s) address',
    check: url('https:', 'http:'),
  },
  makeWebhookUrl: makeUrl('MAKE_WEBHOOK_URL'),
  makeSignalUrl: makeUrl('MAKE_SIGNAL_WEBHOOK_URL'),
  makeTradeUrl: makeUrl('MAKE_TRADE_WEBHOOK_URL'),
  makeRiskUrl: makeUrl('MAKE_RISK_WEBHOOK_URL'),
  makeSystemUrl: makeUrl('MAKE_SYSTEM_WEBHOOK_URL'),
  makeApiKey: {
    name: 'MAKE_API_KEY',
    right: 'what the receiver asks for',
    secret: true,
    check: (value) => value.length > 0,
  },
  webhookSecret: {
    name: 'SUPABASE_WEBHOOK_SECRET',
    right: 'at least 16 characters',
    secret: true,
    check: (value) => value.length >= 16,
  },
  vapidPrivateKey: {
    name: 'VAPID_PRIVATE_KEY',
    right: '32 bytes in base64url',
    secret: true,
    check: (value) => Buffer.from(value, 'base64url').length === 32,
  },
  adminBootstrapEmail: {
    name: 'ADMIN_BOOTSTRAP_EMAIL',
    right: 'a mail address',
    check: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
  },
  phase: { name: 'PHASE', fallback: '1', right: '1, 2 or 3', check: oneOf('1', '2', '3') },
} satisfies Record<keyof Config, Variable>;

/** The published development secret of the Supabase CLI and its like: fine on a laptop, never in production. */
export const DEVELOPMENT_JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters-long';
const KNOWN_SECRETS = new Set([DEVELOPMENT_JWT_SECRET, 'your-super-secret-jwt-token-with-at-least-32-characters-long']);

/** Options of the command line that win over the environment. */
export interface Overrides {
  readonly dataFolder?: string;
  readonly port?: string;
}

/** Reads and checks the environment. Throws one OperatorError that lists everything that is wrong. */
export function readConfig(
  overrides: Overrides = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const wrong: string[] = [];
  const value = (key: keyof Config): string | undefined => {
    const variable: Variable = VARIABLES[key];
    const override = overrides[key as keyof Overrides];
    const text = override ?? (environment[variable.name] || variable.fallback);
    if (text === undefined || variable.check(text)) return text;
    const origin = override === undefined ? variable.name : `--${key === 'dataFolder' ? 'data' : key}`;
    wrong.push(`${origin} is ${variable.secret ? 'set but not usable' : `"${text}"`}; it must be ${variable.right}`);
    return undefined;
  };
  const text = Object.fromEntries(Object.keys(VARIABLES).map((key) => [key, value(key as keyof Config)])) as Record<
    keyof Config,
    string | undefined
  >;
  if (text.mode === 'production') wrong.push(...productionFaults(text));
  if (text.marketData === 'polygon' && !text.polygonApiKey)
    wrong.push('MARKET_DATA is "polygon" but POLYGON_API_KEY is not set; it must be the key from your Polygon account');
  if (text.stripeMode === 'stripe' && !text.stripeSecretKey)
    wrong.push('STRIPE_MODE is "stripe" but STRIPE_SECRET_KEY is not set');
  if (text.stripeSecretKey && text.stripeMode !== 'fake' && !text.stripeWebhookSecret)
    wrong.push('STRIPE_SECRET_KEY is set but STRIPE_WEBHOOK_SECRET is not: payments would never be learnt of');
  if (text.blobs && !(text.s3AccessKeyId && text.s3SecretAccessKey))
    wrong.push('FREEHOLD_BLOBS names an S3 bucket; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set');
  if (wrong.length > 0) throw new OperatorError(`the configuration is not usable:\n  - ${wrong.join('\n  - ')}`);
  const dataFolder = text.dataFolder ?? '.freehold';
  return Object.freeze({
    mode: text.mode === 'production' ? 'production' : 'development',
    dataFolder: isAbsolute(dataFolder) ? dataFolder : resolve(dataFolder),
    host: text.host ?? '127.0.0.1',
    port: Number(text.port),
    publicUrl: text.publicUrl?.replace(/\/+$/, ''),
    logLevel: text.logLevel ?? 'info',
    databaseUrl: text.databaseUrl,
    poolSize: Number(text.poolSize),
    statementTimeoutMs: Number(text.statementTimeoutMs),
    jwtSecret: text.jwtSecret,
    blobs: text.blobs,
    bus: text.bus,
    s3AccessKeyId: text.s3AccessKeyId,
    s3SecretAccessKey: text.s3SecretAccessKey,
    marketData: text.marketData as MarketDataChoice,
    polygonApiKey: text.polygonApiKey,
    polygonUrl: text.polygonUrl ?? '',
    polygonCallsPerMinute: Number(text.polygonCallsPerMinute),
    simulationSeed: Number(text.simulationSeed),
    stripeMode: text.stripeMode as StripeMode,
    stripeSecretKey: text.stripeSecretKey,
    stripeWebhookSecret: text.stripeWebhookSecret,
    stripeUrl: (text.stripeUrl ?? '').replace(/\/+$/, ''),
    confirmEmail: text.confirmEmail === 'true',
    smtpUrl: text.smtpUrl,
    sendgridApiKey: text.sendgridApiKey,
    mailFrom: text.mailFrom ?? '',
    telegramBotToken: text.telegramBotToken,
    telegramBotName: text.telegramBotName,
    telegramWebhookSecret: text.telegramWebhookSecret,
    telegramApiUrl: (text.telegramApiUrl ?? '').replace(/\/+$/, ''),
    makeWebhookUrl: text.makeWebhookUrl,
    makeSignalUrl: text.makeSignalUrl,
    makeTradeUrl: text.makeTradeUrl,
    makeRiskUrl: text.makeRiskUrl,
    makeSystemUrl: text.makeSystemUrl,
    makeApiKey: text.makeApiKey,
    webhookSecret: text.webhookSecret,
    vapidPrivateKey: text.vapidPrivateKey,
    adminBootstrapEmail: text.adminBootstrapEmail?.toLowerCase(),
    phase: Number(text.phase) as 1 | 2 | 3,
  });
}

function productionFaults(text: Record<keyof Config, string | undefined>): string[] {
  if (!text.jwtSecret)
    return [
      'JWT_SECRET is not set; in production it must be at least 32 characters of your own, e.g. from `openssl rand -hex 32`',
    ];
  return KNOWN_SECRETS.has(text.jwtSecret)
    ? ['JWT_SECRET is a published default; in production it must be your own, e.g. from `openssl rand -hex 32`']
    : [];
}

/** The environment as PostgREST and libpq see it: for the data API, whose settings have names of their own. */
export interface SettingsEnvironment {
  /** `PGRST_*` and `PG*`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Any variable by its name, for `$(NAME)` in a configuration file. */
  lookup(name: string): string | undefined;
}

export interface Environment extends SettingsEnvironment {
  /** Ours, since PostgREST has none. */
  readonly statementTimeoutMs: number;
}

/** Throws `OperatorError` when FREEHOLD_STATEMENT_TIMEOUT_MS is no number of milliseconds; the rest is judged by the data API. */
export function postgrestEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const { name, fallback, right, check } = VARIABLES.statementTimeoutMs;
  const timeout = environment[name] || fallback;
  if (!check(timeout)) throw new OperatorError(`${name} is "${timeout}"; it must be ${right}`);
  const ours = Object.entries(environment).filter(([each, value]) => each.startsWith('PG') && value !== undefined);
  return {
    variables: Object.freeze(Object.fromEntries(ours) as Record<string, string>),
    statementTimeoutMs: Number(timeout),
    lookup: (each) => environment[each],
  };
}
