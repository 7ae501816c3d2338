import type { Session } from '#kernel/postgres/database.ts';

/** Held from the first write of a scan to its commit: two scans at once store one after the other. */
const SCAN_LOCK = 'kurzora scan';

export async function lockScans(session: Session): Promise<void> {
  await session.query('select pg_advisory_xact_lock(hashtext($1))', [SCAN_LOCK]);
}

export interface ScanRecord {
  readonly asOf: Date;
  readonly engine: string;
  readonly source: string;
  readonly phase: number;
  readonly timeframe: string;
  readonly live: boolean;
  readonly scanned: number;
  readonly signals: number;
  readonly inserted: number;
  readonly updated: number;
  /** Signals that touched stop or target, and those that ran out or were overtaken. */
  readonly closed: number;
  readonly expired: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export async function recordScan(session: Session, scan: ScanRecord): Promise<void> {
  await session.execute(
    `insert into public.signal_scans
       (as_of, engine, source, phase, timeframe, live, scanned, signals, inserted, updated, closed, expired, skipped, seconds)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14)`,
    [
      scan.asOf,
      scan.engine,
      scan.source,
      scan.phase,
      scan.timeframe,
      scan.live,
      scan.scanned,
      scan.signals,
      scan.inserted,
      scan.updated,
      scan.closed,
      scan.expired,
      JSON.stringify(scan.skipped),
      scan.seconds,
    ],
  );
}

/** The newest live scan by the moment it looked from; of any source when `source` is absent. */
export async function lastLiveScan(
  session: Session,
  source?: string,
): Promise<(ScanRecord & { readonly finishedAt: Date }) | undefined> {
  return await session.maybeOne(
    `select as_of as "asOf", engine, source, phase, timeframe, live, scanned, signals, inserted, updated, closed, expired, skipped,
            seconds::float8 as seconds, finished_at as "finishedAt"
     from public.signal_scans where live and ($1::text is null or source = $1) order by as_of desc, finished_at desc limit 1`,
    [source ?? null],
  );
}
