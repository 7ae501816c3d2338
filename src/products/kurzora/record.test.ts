import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nyseCalendar } from '#services/market-data/api.ts';
import { evaluateHistory } from './evaluate.ts';
import type { Placebo } from './placebo.ts';
import { scoreRecord } from './public-performance.ts';
import { newestEvaluations, recordEvaluation } from './queries/score-evaluations.ts';
import { withRecords } from './queries/signal-records.ts';
import { ENGINE } from './rules/engine.ts';
import { PROTOCOL } from './rules/record/protocol.ts';
import { runScan } from './scan.ts';
import { settleScores } from './settle-scores.ts';
import { inventedDays, type TestMarket, testMarket } from './test-market.ts';

const calendar = nyseCalendar();
const sessions = calendar.between('2020-09-01', '2022-06-30');
const TICKERS = Array.from({ length: 8 }, (_, index) => `STK${String.fromCharCode(65 + index)}`);
const closeOf = (date: string) => calendar.session(date)!.close;
const END = closeOf('2022-06-30');

let market: TestMarket;
before(async () => {
  const csv = inventedDays(
    sessions.map(({ date }) => date),
    TICKERS,
    5,
  );
  market = await testMarket({ 'days.csv': csv }, () => Date.parse('2022-07-01T12:00:00Z'));
});
after(() => market[Symbol.asyncDispose]());

const evaluation = (request = {}) =>
  evaluateHistory(market.project, market.marketData, { placebo: false, store: false, ...request });
const scan = (date: string, store: 'live' | 'history' = 'live') =>
  runScan(market.project, market.marketData, { asOf: closeOf(date), store });

test('every scan writes its scores into the ledger, those the gate refused as null', async () => {
  const { report } = await scan('2022-05-02');
  const [row] = await market.db.sql<{
    tickers: string[];
    scores: (number | null)[];
    calibrated: (number | null)[];
    session: string;
    engine: string;
    live: boolean;
    hashes: number;
  }>(`select tickers, to_jsonb(scores) as scores, to_jsonb(calibrated) as calibrated, session::text, engine, live,
             octet_length(data_hashes) as hashes from public.score_ledger`);
  assert.equal(row!.session, '2022-05-02');
  assert.equal(row!.engine, ENGINE);
  assert.equal(row!.live, true);
  assert.equal(row!.hashes, 8 * row!.tickers.length);
  const given = new Map(row!.tickers.map((ticker, at) => [ticker, row!.scores[at]]));
  assert.ok(report.signals.length > 0);
  for (const signal of report.signals) assert.equal(given.get(signal.ticker), signal['finalScore']);
  assert.equal(row!.scores.filter((score) => score === null).length, report.skipped['gate'] ?? 0);
  assert.equal(row!.tickers.length, report.signals.length + (report.skipped['gate'] ?? 0));
  assert.ok(
    row!.calibrated.every((value) => value === null),
    'nothing is calibrated before an evaluation',
  );
});

test('the same bars give the same data hash, corrected bars another', async () => {
  const hashes = async () =>
    (await market.db.sql<{ data_hash: string }>('select data_hash from public.score_ledger order by recorded_at')).map(
      ({ data_hash }) => data_hash,
    );
  await scan('2022-05-02', 'history');
  const [first, again] = await hashes();
  assert.equal(again, first);
  await scan('2022-05-03', 'history');
  assert.notEqual((await hashes())[2], first);
});

test('the replay gives the scores that scans gave', async () => {
  const one = await evaluation({ from: '2022-05-02', to: '2022-05-02' });
  const { report } = await scan('2022-05-02', 'history');
  assert.equal(one.scored, report.signals.length);
  assert.equal(one.judged, report.signals.length + (report.skipped['gate'] ?? 0));
  assert.deepEqual([one.from, one.to, one.sessions], ['2022-05-02', '2022-05-02', 1]);
});

test('an evaluation of all that is stored becomes the record; a part of it does not', async () => {
  const part = await evaluation({ symbols: ['STKA', 'STKB'], store: false });
  assert.equal(part.stored, null);
  assert.equal(part.symbols, 2);
  const whole = await evaluation({ store: true });
  assert.ok(whole.stored);
  assert.equal(
    whole.buckets.reduce((sum, { n }) => sum + n, 0),
    whole.scored,
  );
  assert.equal(whole.to, sessions.at(-1 - PROTOCOL.horizon)!.date, 'the last twenty sessions wait for their outcomes');
  const same = await evaluation();
  assert.equal(same.dataHash, whole.dataHash);
  assert.deepEqual(same.buckets, whole.buckets);
});

test('everyone reads what the record says; nobody changes it', async () => {
  const { database } = market.db;
  const records = await database.asAnon((session) => newestEvaluations(session, { engine: ENGINE, source: 'files' }));
  assert.equal(records.length, 1);
  const record = scoreRecord(records[0]!);
  assert.equal(record.kind, 'replay');
  assert.ok(record.verdict.length > 0 && record.engine.buckets.length > 0);
  assert.equal(record.placebo, null, 'this replay ran without');
  // access.test.ts holds the rest of the matrix; here there are rows to rewrite.
  for (const rewrite of [
    "update public.score_ledger set engine = 'x'",
    "update public.score_evaluations set evaluation = '{}'",
    'delete from public.score_ledger',
  ]) {
    await assert.rejects(market.db.sql(rewrite), { code: '42501' }, rewrite);
    await assert.rejects(
      database.asService((session) => session.execute(rewrite)),
      { code: '42501' },
      rewrite,
    );
  }
});

test('placebos are kept with the record, each with whether it came out as it must', async () => {
  const [stored] = await market.db.database.asAnon((session) =>
    newestEvaluations(session, { engine: ENGINE, source: 'files' }),
  );
  const figures = {
    n: 10,
    hitRate: 0.3,
    baseRate: 0.3,
    brierSkill: -0.01,
    trendP: 0.5,
    calibratedSkill: null,
    buckets: [],
  };
  const placebo: Placebo = {
    randomWalk: { ...figures, brierSkillInterval: [-0.02, 0], flat: true },
    shuffled: null,
    planted: { ...figures, brierSkillInterval: null, found: false },
  };
  const id = await market.db.database.asService((session) =>
    recordEvaluation(session, { ...stored!, engine: 'placebo', evaluation: { ...stored!.evaluation, placebo } }),
  );
  const [again] = await market.db.database.asAnon((session) =>
    newestEvaluations(session, { engine: 'placebo', source: 'files' }),
  );
  assert.equal(again!.id, id);
  const line = { n: 10, hitRate: 0.3, baseRate: 0.3, brierSkill: -0.01, trendP: 0.5 };
  assert.deepEqual(scoreRecord(again!).placebo, {
    randomWalk: { ...line, brierSkillInterval: [-0.02, 0], asExpected: true },
    shuffled: null,
    planted: { ...line, brierSkillInterval: null, asExpected: false },
  });
});

test('signals carry what scores like theirs were worth, and new ledger rows the calibrated score', async () => {
  const { report } = await scan('2022-05-04');
  const rows = await market.db.sql<{ id: string; ticker: string }>(
    `select id, ticker from public.trading_signals where status = 'active'`,
  );
  const shown = await market.db.database.asService((session) => withRecords(session, rows));
  const [ledger] = await market.db.sql<{ tickers: string[]; calibrated: (number | null)[]; evaluation_id: string }>(
    `select tickers, to_jsonb(calibrated) as calibrated, evaluation_id from public.score_ledger
     order by recorded_at desc limit 1`,
  );
  assert.ok(ledger!.evaluation_id);
  let told = 0;
  for (const { ticker, record } of shown) {
    const score = report.signals.find((signal) => signal.ticker === ticker)!['finalScore'] as number;
    if (!record) continue;
    told += 1;
    assert.match(
      record.text,
      new RegExp(
        `^score ${score}: reached 2R before its stop \\d+ % of the time \\(n [\\d,]+, 95 % CI \\d+-\\d+, base \\d+ %\\)$`,
      ),
    );
    assert.ok(score >= record.from && score <= record.to);
    const given = ledger!.calibrated[ledger!.tickers.indexOf(ticker)]!;
    assert.ok(Math.abs(record.calibrated! * 1000 - given) <= 3, `${record.calibrated} and ${given}`);
  }
  assert.ok(told > 0);
});

test('scores are settled once their time is over, as the replay settles them, and only once', async () => {
  assert.deepEqual(await settleScores(market.project, market.marketData, closeOf('2022-05-27')), {
    settled: 0,
    evaluations: 0,
  });
  const settled = await settleScores(market.project, market.marketData, END);
  assert.deepEqual(settled, { settled: 2, evaluations: 1 });
  assert.deepEqual(await settleScores(market.project, market.marketData, END), { settled: 0, evaluations: 0 });
  const [live] = (
    await market.db.database.asAnon((session) => newestEvaluations(session, { engine: ENGINE, source: 'files' }))
  ).filter(({ kind }) => kind === 'live');
  assert.deepEqual([live!.from, live!.to], ['2022-05-02', '2022-05-04']);
  const days = await Promise.all(['2022-05-02', '2022-05-04'].map((day) => evaluation({ from: day, to: day })));
  const hits = (of: { overall: { n: number; hitRate: number } | null }[]) =>
    of.reduce((sum, { overall }) => sum + overall!.n * overall!.hitRate, 0);
  assert.ok(Math.abs(hits([live!.evaluation.engine]) - hits(days)) < 1e-9);
  assert.equal(live!.evaluation.judged, days[0]!.judged + days[1]!.judged);
  assert.equal(live!.evaluation.calibrated, null);
});
