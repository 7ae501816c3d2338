/**
 * A stand-in for Polygon: a real HTTP server that answers the endpoints we use, in the documented shapes, from bars it is given
 * by another provider (the simulated exchange). Faults are queued and each is spent on one call.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExchangeCalendar } from '../../src/services/market-data/api.ts';
import type { BaseTimeframe, Provider } from '../../src/services/market-data/provider.ts';

export type Fault =
  | { readonly kind: 'too many calls'; readonly retryAfter?: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'cut off' }
  | { readonly kind: 'hang up' }
  /** Never answers; the connection stays open until the server closes. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'no JSON' };

export interface PolygonStandIn {
  readonly url: string;
  readonly apiKey: string;
  /** Path and query of every call that came in, faults included. */
  readonly calls: string[];
  /** What the server shows of the market; may be changed while it runs. */
  readonly show: {
    /** Epoch milliseconds: no bar that starts later is known; the running one is, as it is at Polygon. */
    now: number;
    status: 'OK' | 'DELAYED';
    pageSize: number;
    /** Also send bars from before the open and after the close. */
    extendedHours: boolean;
    /** Paths that the plan does not include. */
    forbidden: RegExp | null;
    /** Changes the rows of an answer before they leave. */
    rows: (rows: Record<string, unknown>[]) => unknown[];
  };
  /** Spends these on the next calls, one each. */
  fail(...faults: Fault[]): void;
  /** Resolves when the next call has come in. */
  nextCall(): Promise<void>;
  close(): Promise<void>;
}

type Row = Record<string, unknown>;
const TIMEFRAMES: Readonly<Record<string, BaseTimeframe>> = { '5/minute': '5m', '15/minute': '15m', '1/day': '1D' };
const DAY = 86_400_000;

export async function startPolygonStandIn(
  source: Provider,
  calendar: ExchangeCalendar,
  now: number,
): Promise<PolygonStandIn> {
  const market = new Market(source, calendar);
  const faults: Fault[] = [];
  const calls: string[] = [];
  const apiKey = 'stand-in-key-of-polygon';
  const show: PolygonStandIn['show'] = {
    now,
    status: 'OK',
    pageSize: 50_000,
    extendedHours: false,
    forbidden: null,
    rows: (rows) => rows,
  };
  const server = createServer((request, response) => {
    calls.push(request.url ?? '');
    const fault = faults.shift();
    if (fault) return misbehave(fault, response);
    answer(request, response).catch((error: unknown) => send(response, 500, { status: 'ERROR', error: String(error) }));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (request.headers.authorization !== `Bearer ${apiKey}`)
      return send(response, 401, { status: 'ERROR', request_id: 'r1', error: 'Unknown API Key' });
    if (show.forbidden?.test(url.pathname))
      return send(response, 403, { status: 'NOT_AUTHORIZED', message: 'You are not entitled to this data.' });
    const rows = await market.rows(url, show);
    if (!rows) return send(response, 404, { status: 'NOT_FOUND', message: 'Resource not found' });
    const body = { status: show.status, request_id: 'r2', count: rows.length };
    if (url.pathname.includes('/snapshot/')) return send(response, 200, { ...body, tickers: show.rows(rows) });
    // Only histories and the list of tickers come in pages.
    const pageSize = /\/(range|reference)\//.test(url.pathname) ? show.pageSize : rows.length;
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const end = start + pageSize;
    const page = show.rows(rows.slice(start, end));
    if (end >= rows.length) return send(response, 200, { ...body, resultsCount: page.length, results: page });
    const next = new URL(url);
    next.searchParams.set('cursor', String(end));
    send(response, 200, { ...body, resultsCount: page.length, results: page, next_url: next.href });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    calls,
    show,
    fail: (...more) => void faults.push(...more),
    nextCall: async () => void (await once(server, 'request')),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function misbehave(fault: Fault, response: ServerResponse): void {
  switch (fault.kind) {
    case 'silent':
      break;
    case 'hang up':
      response.destroy();
      break;
    case 'no JSON':
      response.writeHead(200).end('<html>hello</html>');
      break;
    case 'status':
      send(response, fault.status, { status: 'ERROR', error: 'something broke' });
      break;
    case 'too many calls':
      send(
        response,
        429,
        { status: 'ERROR' },
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
      );
      break;
    case 'cut off':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"status":"OK","results":[{"t":1', () => response.destroy());
  }
}

/** The endpoints' rows. */
class Market {
  readonly #source: Provider;
  readonly #calendar: ExchangeCalendar;

  constructor(source: Provider, calendar: ExchangeCalendar) {
    this.#source = source;
    this.#calendar = calendar;
  }

  /** Rows of the endpoint a path names, or null when there is no such endpoint. */
  async rows(url: URL, show: PolygonStandIn['show']): Promise<Row[] | null> {
    const path = decodeURIComponent(url.pathname);
    const range = /^\/v2\/aggs\/ticker\/([^/]+)\/range\/(\d+\/\w+)\/([^/]+)\/([^/]+)$/.exec(path);
    if (range) return this.#aggregates(range[1]!, range[2]!, range[3]!, range[4]!, url, show);
    const grouped = /^\/v2\/aggs\/grouped\/locale\/us\/market\/stocks\/([\d-]+)$/.exec(path);
    if (grouped) return this.#grouped(grouped[1]!, show);
    const previous = /^\/v2\/aggs\/ticker\/([^/]+)\/prev$/.exec(path);
    if (previous) return this.#previous(previous[1]!, show);
    if (path === '/v2/snapshot/locale/us/markets/stocks/tickers') return this.#snapshot(url, show);
    if (path === '/v3/reference/tickers') return this.#tickers();
    return null;
  }

  async #aggregates(
    ticker: string,
    span: string,
    from: string,
    to: string,
    url: URL,
    show: PolygonStandIn['show'],
  ): Promise<Row[] | null> {
    const timeframe = TIMEFRAMES[span];
    if (!timeframe) return null;
    const [start, end] = [momentOf(from), /-/.test(to) ? momentOf(to) + DAY : Number(to) + 1];
    // Polygon's range is by the start of a bar and shows the running one as well: ask for a day more and cut by start.
    const known = await this.#bars([ticker], timeframe, start, end + DAY);
    const rows = (known.get(ticker) ?? []).filter(({ t }) => Number(t) < end && Number(t) <= show.now);
    if (show.extendedHours && timeframe !== '1D')
      for (const row of [...rows]) {
        const session = this.#calendar.sessionAt(Number(row['t']))!;
        if (row['t'] === session.open)
          rows.push({ ...row, t: session.open - 3_600_000 }, { ...row, t: session.close + 1_800_000 });
      }
    if (timeframe === '1D') for (const row of rows) row['t'] = Number(row['t']) - 9.5 * 3_600_000;
    const sign = url.searchParams.get('sort') === 'desc' ? -1 : 1;
    return rows.sort((a, b) => sign * (Number(a['t']) - Number(b['t'])));
  }

  async #grouped(date: string, show: PolygonStandIn['show']): Promise<Row[]> {
    const session = this.#calendar.session(date);
    if (!session || session.close > show.now) return [];
    const bars = await this.#bars(await this.#symbols(), '1D', session.open, session.close);
    return [...bars].map(([T, rows]) => ({ T, ...rows[0], t: session.close }));
  }

  async #previous(ticker: string, show: PolygonStandIn['show']): Promise<Row[]> {
    const session = this.#calendar.lastClosed(show.now);
    const bars = await this.#bars([ticker], '1D', session.open, session.close);
    return (bars.get(ticker) ?? []).map((row) => ({ T: ticker, ...row, t: session.close }));
  }

  async #snapshot(url: URL, show: PolygonStandIn['show']): Promise<Row[]> {
    const named = url.searchParams.get('tickers');
    const symbols = named ? named.split(',') : await this.#symbols();
    const bars = await this.#bars(symbols, '5m', this.#calendar.lastClosed(show.now).open, show.now);
    return [...bars].map(([ticker, rows]) => {
      const { t, ...last } = rows.at(-1)!;
      const time = Number(t) + 299_000;
      return { ticker, min: { ...last, t: time }, lastTrade: { p: last['c'], t: time * 1e6 }, updated: time * 1e6 };
    });
  }

  async #tickers(): Promise<Row[]> {
    const stocks = await this.#source.universe(10_000);
    const rows = stocks.map(({ ticker, companyName }) => ({
      ticker,
      name: companyName,
      market: 'stocks',
      type: 'CS',
      active: true,
    }));
    return rows.sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  }

  async #symbols(): Promise<string[]> {
    return (await this.#source.universe(10_000)).map(({ ticker }) => ticker);
  }

  async #bars(
    symbols: readonly string[],
    timeframe: BaseTimeframe,
    from: number,
    to: number,
  ): Promise<Map<string, Row[]>> {
    const answers = new Map<string, Row[]>();
    for await (const { symbol, bars } of this.#source.fetch({ symbols, timeframe, from, to }))
      answers.set(
        symbol,
        Array.from({ length: bars.length }, (_, index) => ({
          t: bars.time[index],
          o: bars.open[index],
          h: bars.high[index],
          l: bars.low[index],
          c: bars.close[index],
          v: bars.volume[index],
          vw: bars.close[index],
          n: 10,
        })),
      );
    return answers;
  }
}

const momentOf = (text: string): number => (/-/.test(text) ? Date.parse(`${text}T00:00Z`) : Number(text));
