import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyNote } from './history-note.ts';

test('every note a scan writes is read, and what a person wrote stays', () => {
  const notes = [
    ['score 82', 'score 82'],
    ['score 70, made by staff', 'score 70, made by staff'],
    ['ended by staff', 'ended by staff'],
    ['first executed', ''],
    ['score 82, was 79', 'score 82, was 79'],
    ['bar of 2026-11-20T19:00:00.000Z', 'bar of Fri 20 Nov 14:00 ET'],
    ['reached its expiry', 'its time was over'],
    ['no longer passes: 1D 52 is below 55', 'no longer passes: 1D 52 is below 55'],
    ['no longer passes: 1 timeframes score above 0', 'no longer passes'],
    ['superseded: the stock is now bearish', 'superseded: the stock is now Sell'],
    ['made from files bars; the market data is now polygon', 'the market data has another source now'],
    ['looked wrong to me', 'looked wrong to me'],
  ] as const;
  for (const [note, read] of notes) assert.equal(historyNote(note), read);
});
