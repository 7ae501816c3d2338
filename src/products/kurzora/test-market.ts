/** For tests: a project on a database of its own whose market data comes from a file, imported as a user would. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '#kernel/config.ts';
import { createLog } from '#kernel/log.ts';
import type { Project } from '#kernel/product.ts';
import { type MarketData, openMarketData } from '#services/market-data/api.ts';
import { type TestDatabase, testDatabase } from '../../../test/database.ts';
import { kurzora } from './product.ts';

export interface TestMarket extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly project: Project;
  readonly marketData: MarketData;
}

/** `files`: name -> CSV text. `now`: epoch ms of the project's clock. */
export async function testMarket(files: Readonly<Record<string, string>>, now: () => number): Promise<TestMarket> {
  const db = await testDatabase({ migrations: kurzora.migrations });
  const folder = mkdtempSync(join(tmpdir(), 'kurzora-'));
  const project: Project = {
    name: 'kurzora',
    config: readConfig({ dataFolder: folder }, { MARKET_DATA: 'files' }),
    database: db.database,
    background: db.database,
    jobs: { add: refuseJob },
    log: createLog('error'),
    dataFolder: folder,
    now,
  };
  const marketData = await openMarketData({ project });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    await marketData.importFile(join(folder, name), {});
  }
  const close = async () => {
    await marketData.close();
    await db.close();
    rmSync(folder, { recursive: true });
  };
  return { db, project, marketData, [Symbol.asyncDispose]: close };
}

async function refuseJob(): Promise<void> {
  throw new Error('nothing here enqueues jobs');
}

/** Daily bars of invented stocks on the exchange's sessions, as a CSV: seeded, so that a test sees the same each time. */
export function inventedDays(marketDays: readonly string[], tickers: readonly string[], seed = 1): string {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lines = ['symbol,date,open,high,low,close,volume'];
  for (const ticker of tickers) {
    let close = 20 + random() * 200;
    let drift = 0;
    for (const date of marketDays) {
      if (random() < 0.03) drift = (random() - 0.5) * 0.01;
      const open = close * (1 + (random() - 0.5) * 0.01);
      close = Math.max(1, open * (1 + drift + (random() - 0.5) * 0.04));
      const [high, low] = [
        Math.max(open, close) * (1 + random() * 0.01),
        Math.min(open, close) * (1 - random() * 0.01),
      ];
      const prices = [open, high, low, close].map((price) => price.toFixed(2));
      lines.push([ticker, date, ...prices, Math.round(1e5 + random() * 9e5)].join(','));
    }
  }
  return lines.join('\n');
}
