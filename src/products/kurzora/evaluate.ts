import { OperatorError } from '#kernel/errors.ts';
import type { Project } from '#kernel/product.ts';
import { type MarketData, type MarketInMemory, marketInMemory, readMarketFile } from '#services/market-data/api.ts';
import { marketMoment } from './market-moment.ts';
import { type Placebo, runPlacebos } from './placebo.ts';
import { recordEvaluation } from './queries/score-evaluations.ts';
import { readSettings } from './queries/settings.ts';
import { dailyBars, type Replay, type ReplayMarket, replay } from './replay.ts';
import { END_OF_DAY, ENGINE, type EngineSettings, INTRADAY, type TimeframeSet } from './rules/engine.ts';
import { type Evaluation, evaluate } from './rules/record/evaluation.ts';
import { PROTOCOL } from './rules/record/protocol.ts';
import { verdictOf } from './rules/record/verdict.ts';

const DAY = 86_400_000;

export interface EvaluateRequest {
  /** First and last day that is scored, `2022-06-15`; all that is stored when absent. */
  readonly from?: string;
  readonly to?: string;
  readonly symbols?: readonly string[];
  /** Files to look at instead of the stored bars; nothing of them is stored. */
  readonly files?: readonly string[];
  readonly set?: 'end-of-day' | 'intraday';
  readonly placebo: boolean;
  /** Keep the result as the product's record. */
  readonly store: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (title: string, done: number, total: number) => void;
}

/** What `kurzora evaluate --json` prints. Rates are shares, not percent. */
export interface EvaluateReport extends Omit<Evaluation['engine'], 'edge'> {
  readonly engine: string;
  readonly timeframeSet: string;
  readonly source: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly symbols: number;
  readonly sessions: number;
  readonly judged: number;
  readonly scored: number;
  /** Scores that were left out because their holding time is not over. */
  readonly open: number;
  /** Gains held to the most that counts. */
  readonly held: number;
  readonly edge: Evaluation['engine']['edge'];
  readonly calibrated: Evaluation['calibrated'];
  readonly placebo: Placebo | null;
  readonly verdict: readonly string[];
  readonly protocol: typeof PROTOCOL;
  readonly dataHash: string;
  readonly seconds: number;
  /** The record's id when it was kept. */
  readonly stored: string | null;
}

interface Material {
  readonly market: ReplayMarket;
  readonly source: string;
  readonly tickers: readonly string[];
  readonly until: number;
  readonly settings: EngineSettings;
  readonly setAt: (close: number) => TimeframeSet;
  readonly set: TimeframeSet;
  /** Closes at which a scan would have looked at `set`. */
  readonly counts: (close: number) => boolean;
}

/** Replays the engine over history and holds every score to what came after. Throws OperatorError where there is nothing to replay. */
export async function evaluateHistory(
  project: Project,
  marketData: MarketData,
  request: EvaluateRequest,
): Promise<EvaluateReport> {
  const started = performance.now();
  const material = request.files?.length
    ? await fromFiles(project, request, request.files)
    : await fromStore(project, marketData, request);
  const { market, tickers, until, set } = material;
  const result = await replay(market, {
    ...material,
    from: request.from ? Date.parse(`${request.from}T00:00:00Z`) : 0,
    to: request.to ? Date.parse(`${request.to}T00:00:00Z`) + DAY + DAY / 4 : until,
    signal: request.signal,
    onProgress: (done, total) => request.onProgress?.('replaying', done, total),
  });
  const evaluation = evaluate(result.table);
  const placebo = request.placebo
    ? await runPlacebos(market, tickers, until, {
        signal: request.signal,
        onProgress: (done, total) => request.onProgress?.('placebos', done, total),
      })
    : null;
  const span = spanOf(market, result);
  const { model: _model, engine, calibrated, ...counts } = evaluation;
  const whole = { engine: ENGINE, source: material.source, timeframe: set.label, symbols: result.stocks };
  const stored =
    request.store && span && result.table.length > 0
      ? await project.database.asService((session) =>
          recordEvaluation(session, {
            kind: 'replay',
            ...whole,
            ...span,
            dataHash: result.dataHash,
            evaluation: { ...evaluation, placebo },
          }),
        )
      : null;
  return {
    ...engine,
    engine: ENGINE,
    timeframeSet: set.name,
    source: material.source,
    from: span?.from ?? null,
    to: span?.to ?? null,
    symbols: result.stocks,
    ...counts,
    open: result.open,
    held: result.held,
    calibrated,
    placebo,
    verdict: verdictOf(evaluation),
    protocol: PROTOCOL,
    dataHash: result.dataHash,
    seconds: Math.round(performance.now() - started) / 1000,
    stored,
  };
}

async function fromFiles(project: Project, request: EvaluateRequest, files: readonly string[]): Promise<Material> {
  const market = marketInMemory();
  let intraday = false;
  for (const path of files) {
    const read = await readMarketFile(path, market, {
      onProgress: (bytes, total) => request.onProgress?.(`reading ${path}`, bytes, total),
    });
    intraday ||= read.timeframe !== '1D';
  }
  const set = chosenSet(request) ?? (intraday ? INTRADAY : END_OF_DAY);
  const tickers = chosen(market.tickers, request.symbols);
  const until = Math.min(project.now(), newestClose(market, tickers, project.now()));
  const settings = await project.database.asService(readSettings, { readOnly: true });
  return { market, source: 'files', tickers, until, settings, set, setAt: () => set, counts: () => true };
}

async function fromStore(project: Project, marketData: MarketData, request: EvaluateRequest): Promise<Material> {
  const until = await marketMoment(project, marketData);
  const universe = (await marketData.universe()).map(({ ticker }) => ticker);
  if (universe.length === 0)
    throw new OperatorError('there is no history to replay', {
      remedy: 'import bars first: freehold import bars FILE',
    });
  const tickers = chosen(universe.toSorted(), request.symbols);
  const settings = await project.database.asService(readSettings, { readOnly: true });
  await marketData.load({
    symbols: tickers,
    from: 0,
    onProgress: (done, total) => request.onProgress?.('loading bars', done, total),
  });
  const oldest = oldestDay(marketData, tickers, until);
  const setAt = await setsOf(marketData, oldest, until);
  const set = chosenSet(request) ?? mostFrequent(marketData, setAt, oldest, until);
  const material = { market: marketData, source: marketData.source, tickers, until, settings, set };
  return { ...material, setAt: () => set, counts: (close) => chosenSet(request) !== null || setAt(close) === set };
}

const chosenSet = ({ set }: EvaluateRequest): TimeframeSet | null =>
  set === 'intraday' ? INTRADAY : set === 'end-of-day' ? END_OF_DAY : null;

function chosen(all: readonly string[], symbols: readonly string[] | undefined): readonly string[] {
  if (!symbols) return all;
  const known = new Set(all);
  const unknown = symbols.filter((symbol) => !known.has(symbol));
  if (unknown.length > 0)
    throw new OperatorError(`no stock named ${unknown.join(', ')} in this history`, {
      remedy: 'tickers are case-sensitive, e.g. --symbols AAPL,MSFT',
    });
  return [...new Set(symbols)].sort();
}

function oldestDay(market: ReplayMarket, tickers: readonly string[], until: number): number {
  let oldest = until;
  for (const ticker of tickers) oldest = Math.min(oldest, dailyBars(market, ticker, until)?.time[0] ?? until);
  return oldest;
}

function newestClose(market: MarketInMemory, tickers: readonly string[], now: number): number {
  let newest = 0;
  for (const ticker of tickers) {
    const bars = dailyBars(market, ticker, now);
    if (bars && bars.length > 0) newest = Math.max(newest, bars.time[bars.length - 1]!);
  }
  if (newest === 0) throw new OperatorError('there is no whole day in these files to replay');
  return market.calendar.session(market.calendar.dateOf(newest))!.close;
}

/** Which timeframes a scan of a close looks at: asked once for each stretch without finer bars, else for every close. */
async function setsOf(marketData: MarketData, oldest: number, until: number): Promise<(close: number) => TimeframeSet> {
  const { calendar } = marketData;
  const finer = new Map<number, boolean>();
  for (let end = oldest + 30 * DAY; end < until + 30 * DAY; end += 30 * DAY) {
    if (!(await marketData.hasIntraday(Math.min(end, until)))) continue;
    const [from, to] = [end - 30 * DAY, Math.min(end + 30 * DAY, until)].map((time) => calendar.dateOf(time));
    for (const { close } of calendar.between(from!, to!))
      if (!finer.has(close)) finer.set(close, await marketData.hasIntraday(close));
  }
  return (close) => (finer.get(close) ? INTRADAY : END_OF_DAY);
}

function mostFrequent(
  { calendar }: MarketData,
  setAt: (close: number) => TimeframeSet,
  oldest: number,
  until: number,
): TimeframeSet {
  const sessions = calendar.between(calendar.dateOf(oldest), calendar.dateOf(until));
  const intraday = sessions.filter(({ close }) => setAt(close) === INTRADAY).length;
  return intraday * 2 > sessions.length ? INTRADAY : END_OF_DAY;
}

function spanOf({ calendar }: ReplayMarket, { closes }: Replay): { from: string; to: string } | null {
  if (closes.length === 0) return null;
  return { from: calendar.dateOf(closes[0]!), to: calendar.dateOf(closes.at(-1)!) };
}
