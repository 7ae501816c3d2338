import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Fields that never reach a log line, wherever they stand in the object. */
const SECRET_FIELDS = [
  'password',
  'token',
  'secret',
  'apiKey',
  'api_key',
  'authorization',
  'cookie',
  'apikey',
  'refresh_token',
];

/** The process's root logger; every module takes `log.child({ module })`. JSON lines on stderr, so that stdout stays for results. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*["${field}"]`]),
        censor: '[redacted]',
      },
    },
    pino.destination(2),
  );
}
