import type { Database } from '#kernel/postgres/database.ts';
import type { SessionTable } from '../aggregation/sessions.ts';
import type { ImportReport, Stock } from '../api.ts';
import { listStocks } from '../store/stocks.ts';
import { lockWrites, mergeIntoChunks, type WriteCounts } from '../store/write-bars.ts';
import { type FileOfBars, type ReadOptions, readFileOfBars } from './read-file.ts';

/** Files say nothing about size, so their stocks are scanned in order of ticker. */
const FILE_PRIORITY = 100;
const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * Imports one file as source `files`, all or nothing: bars, the stocks they belong to and the record of the import are one
 * transaction. Importing it again changes nothing and says so; a corrected file updates the bars that differ.
 */
export async function importFile(
  database: Database,
  sessions: SessionTable,
  path: string,
  options: ReadOptions & { importedBy: string; onStoring?: (symbols: number, total: number) => void },
): Promise<ImportReport> {
  const file = await readFileOfBars(path, sessions, options);
  const stocks: Stock[] = file.list.map(({ symbol }) => ({
    ticker: symbol,
    companyName: null,
    sector: null,
    industry: null,
    marketCap: null,
    priority: FILE_PRIORITY,
    source: 'files',
  }));
  return database.asService(
    async (session) => {
      await lockWrites(session, 'files');
      let done = 0;
      options.onStoring?.(0, file.list.length);
      const counts = await mergeIntoChunks(session, 'files', file.timeframe, file.list, (symbols) => {
        done += symbols;
        options.onStoring?.(done, file.list.length);
      });
      await listStocks(session, 'files', stocks);
      const report = reportOf(file, counts);
      await session.execute(RECORD, [
        report.file,
        file.sha256,
        file.bytes,
        report.timeframe,
        report.symbols,
        report.read,
        report.stored,
        report.unchanged,
        report.updated,
        JSON.stringify(report.rejected),
        report.from,
        report.to,
        options.importedBy,
      ]);
      return report;
    },
    { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
  );
}

const RECORD = `
  insert into public.market_data_imports
    (file_name, sha256, bytes, timeframe, symbols, bars_read, stored, unchanged, updated, rejected, first_bar, last_bar, imported_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13)`;

function reportOf(file: FileOfBars, counts: WriteCounts): ImportReport {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { bars } of file.list) {
    from = Math.min(from, bars.time[0]!);
    to = Math.max(to, bars.time[bars.length - 1]!);
  }
  const iso = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString() : null);
  return {
    file: file.name,
    timeframe: file.timeframe,
    symbols: file.list.length,
    read: file.read,
    ...counts,
    rejected: file.rejections.counts,
    firstLines: file.rejections.firstLines,
    from: iso(from),
    to: iso(to),
  };
}
