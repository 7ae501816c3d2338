import type { Database } from '#kernel/postgres/database.ts';
import type { Source } from '../api.ts';
import { isoDate } from './chunk-span.ts';
import { foldTail } from './tail.ts';
import { lockWrites } from './write-bars.ts';

/** How long bars of live sources are kept; imported files are kept for ever. */
export interface Retention {
  readonly intradayMonths: number;
  readonly dailyYears: number;
}

export const RETENTION: Retention = Object.freeze({ intradayMonths: 13, dailyYears: 10 });

/** Partitions are made this many months before they are needed. */
const MONTHS_AHEAD = 2;
const SYMBOLS_A_FOLD = 500;

export interface Maintenance {
  /** Bars moved from the tail into chunks. */
  readonly folded: number;
  /** Partitions that retention dropped. */
  readonly dropped: readonly string[];
}

/** The upkeep after a session: folds closed bars into chunks, makes the next months' partitions, drops what retention says. Safe to repeat or to break off. */
export async function maintain(
  database: Database,
  source: Source,
  options: { now: number; foldBefore: number; retention?: Retention },
): Promise<Maintenance> {
  const { intradayMonths, dailyYears } = options.retention ?? RETENTION;
  const now = new Date(options.now);
  const month = (offset: number) => isoDate(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1));
  await database.asService(async (session) => {
    for (const kind of ['intraday', 'daily'])
      await session.query('select market.ensure_partitions($1, $2, $3::date, $4::date)', [
        source,
        kind,
        month(0),
        month(MONTHS_AHEAD),
      ]);
  });
  const folded = await fold(database, source, options.foldBefore);
  const dropped = await database.asService((session) =>
    session.query<{ name: string }>('select name from market.drop_partitions($1::date, $2::date) as name', [
      month(-intradayMonths),
      month(-12 * dailyYears),
    ]),
  );
  return { folded, dropped: dropped.map(({ name }) => name) };
}

async function fold(database: Database, source: Source, before: number): Promise<number> {
  let folded = 0;
  for (;;) {
    const moved = await database.asService(async (session) => {
      await lockWrites(session, source);
      return foldTail(session, source, before, SYMBOLS_A_FOLD);
    });
    if (moved === 0) return folded;
    folded += moved;
  }
}
