import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { isStale } from './staleness.ts';

const scannedAt = (finishedAt: string | null, marketOpen = true) =>
  ({ marketOpen, intervalMinutes: 15, lastScan: finishedAt && { finishedAt } }) as ScannerStatus;
const at = (iso: string) => new Date(iso).getTime();

test('two missed scans while the market is open are stale, one is not', () => {
  assert.equal(isStale(scannedAt('2026-11-20T17:00:00Z'), at('2026-11-20T17:29:00Z')), false);
  assert.equal(isStale(scannedAt('2026-11-20T17:00:00Z'), at('2026-11-20T17:31:00Z')), true);
});

test('nothing is stale while the market is closed, just opened, or before the first scan', () => {
  assert.equal(isStale(scannedAt('2026-11-20T21:00:00Z', false), at('2026-11-22T17:00:00Z')), false);
  assert.equal(isStale(scannedAt('2026-11-20T21:00:00Z'), at('2026-11-23T14:45:00Z')), false);
  assert.equal(isStale(scannedAt('2026-11-20T21:00:00Z'), at('2026-11-23T15:05:00Z')), true);
  assert.equal(isStale(scannedAt(null), at('2026-11-20T17:00:00Z')), false);
});
