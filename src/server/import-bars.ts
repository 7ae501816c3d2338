import { statSync } from 'node:fs';
import { Command } from 'commander';
import { OperatorError } from '#kernel/errors.ts';
import { createLog } from '#kernel/log.ts';
import type { CommandOutput, Project } from '#kernel/product.ts';
import { type ImportReport, type MarketData, nyseCalendar, openMarketData } from '#services/market-data/api.ts';
import { openProject, openServer } from './open-project.ts';
import { type CommonOptions, settle, withCommonOptions } from './options.ts';
import { PRODUCTS } from './products.ts';

/** `freehold import bars FILE...`: each file is stored whole or not at all, and what was refused is counted and shown. */
export function importBarsCommand(): Command {
  return withCommonOptions(new Command('bars'))
    .description('store price bars from CSV files (plain, .gz or .zst)')
    .argument(
      '<file...>',
      'daily: symbol,date,open,high,low,close,volume; intraday: symbol,datetime (New York),open,high,low,close,volume',
    )
    .option('--symbol <ticker>', 'the symbol of a file without a symbol column')
    .action(async (files: string[], options: CommonOptions & { symbol?: string }) => {
      for (const file of files) refuseUnreadable(file);
      const { config, output } = settle(options);
      const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
      const server = await openServer(config, log);
      try {
        const open = await openProject({ config, log, server, product: PRODUCTS[0]! });
        try {
          const reports = await importAll(open.project, files, options.symbol, output);
          output.result(reports, () => reports.map(describe).join('\n'));
        } finally {
          await open.close();
        }
      } finally {
        await server.stop();
      }
    });
}

async function importAll(
  project: Project,
  files: readonly string[],
  symbol: string | undefined,
  output: CommandOutput,
): Promise<ImportReport[]> {
  const marketData = await openMarketData({ project, source: 'files' });
  try {
    const reports: ImportReport[] = [];
    for (const file of files) {
      reports.push(await importOne(marketData, file, symbol, output));
    }
    return reports;
  } finally {
    await marketData.close();
  }
}

/** Reading and storing each have a bar: of an hour's bars of a large universe, storing is the longer half. */
async function importOne(
  marketData: MarketData,
  file: string,
  symbol: string | undefined,
  output: CommandOutput,
): Promise<ImportReport> {
  let bar = output.progress(`reading ${file}`, statSync(file).size);
  let seen = 0;
  let storing = false;
  try {
    return await marketData.importFile(file, {
      symbol,
      onProgress: (bytes) => {
        bar.advance(bytes - seen);
        seen = bytes;
      },
      onStoring: (symbols, total) => {
        if (!storing) {
          bar.done();
          bar = output.progress(`storing ${file}`, total);
          storing = true;
          seen = 0;
        }
        bar.advance(symbols - seen);
        seen = symbols;
      },
    });
  } finally {
    bar.done();
  }
}

function refuseUnreadable(file: string): void {
  try {
    if (statSync(file).isFile()) return;
  } catch (error) {
    throw new OperatorError(`cannot read ${file}: ${(error as Error).message}`, {
      remedy: 'Give the path of a CSV file, plain or compressed with gzip or zstd.',
    });
  }
  throw new OperatorError(`${file} is not a file`, {
    remedy: 'Give the path of a CSV file, plain or compressed with gzip or zstd.',
  });
}

function describe(report: ImportReport): string {
  const rejected = Object.entries(report.rejected).map(([reason, count]) => `${count} ${reason}`);
  const lines = [
    `${report.file}: ${report.timeframe}, ${report.symbols} symbols, ${spanOf(report)}`,
    `  ${report.read} rows read: ${report.stored} stored, ${report.updated} updated, ${report.unchanged} unchanged, ${rejected.length ? `rejected: ${rejected.join(', ')}` : 'none rejected'}`,
    ...report.firstLines.map((line) => `    ${line}`),
  ];
  return lines.join('\n');
}

/** Days as the exchange's dates: their bars begin at the open, whose hour says nothing to anyone. */
function spanOf({ timeframe, from, to }: ImportReport): string {
  if (from === null || to === null) return 'no bars';
  if (timeframe !== '1D') return `${from} to ${to}`;
  const { dateOf } = nyseCalendar();
  return `${dateOf(Date.parse(from))} to ${dateOf(Date.parse(to))}`;
}
