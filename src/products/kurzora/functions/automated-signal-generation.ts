import Type from 'typebox';
import { Value } from 'typebox/value';
import { refreshAndScan } from '../live-scan.ts';
import { json, trustedFunction } from './trusted-call.ts';

/** Stocks a call scans at most. */
const LONGEST_BATCH = 200;

const Batch = Type.Object({
  startIndex: Type.Optional(Type.Integer({ minimum: 0 })),
  endIndex: Type.Optional(Type.Integer({ minimum: 1 })),
  batchNumber: Type.Optional(Type.Integer({ minimum: 1 })),
  divergence: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Literal(true)) })),
});

/**
 * POST {startIndex = 0, endIndex = 50, batchNumber = 1}: fetches and scans stocks [startIndex, endIndex) of the universe now, in the
 * order of priority, at most 200, beside the scans by the clock. Signals of other stocks stay as they are, whatever the batch. Needs the
 * service key or x-webhook-signature over the body. Answers counts.
 */
export const automatedSignalGeneration = trustedFunction(async (batch, { project, services }, signal) => {
  if (!Value.Check(Batch, batch))
    return json(400, {
      success: false,
      error: 'the body must be {startIndex, endIndex, batchNumber}, whole numbers; divergence cannot be switched off',
    });
  const { startIndex = 0, endIndex = startIndex + 50, batchNumber = 1 } = batch;
  const length = endIndex - startIndex;
  if (length < 1 || length > LONGEST_BATCH)
    return json(400, { success: false, error: `endIndex must be 1 to ${LONGEST_BATCH} above startIndex` });
  const tickers = (await services.marketData.universe(endIndex)).slice(startIndex).map(({ ticker }) => ticker);
  const answer = { success: true, batchNumber, startIndex, endIndex };
  if (tickers.length === 0) return json(200, { ...answer, processed: 0, generated: 0, stored: null });
  const { report } = await refreshAndScan(project, services.marketData, { tickers, signal });
  await project.jobs.add('kurzora:send-alerts', {}, { key: 'kurzora:send-alerts' });
  const { scanned, skipped, signals, stored, asOf, seconds } = report;
  return json(200, { ...answer, processed: scanned, generated: signals.length, skipped, stored, asOf, seconds });
});
