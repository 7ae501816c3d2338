import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterAddress, filterQuery, isFiltered, readFilter } from './history-filter.ts';

test('an address and its filter are each other, and no filter leaves no trace', () => {
  const address = '/history?dateFrom=2026-01-02&dateTo=2026-11-20&symbol=BRK.B&exitReason=stop_loss&page=3';
  const filter = readFilter(new URLSearchParams(address.slice('/history'.length)));
  assert.equal(filterAddress(filter), address);
  assert.equal(filterQuery(filter), `status=closed&${address.slice('/history?'.length, -'&page=3'.length)}`);
  const none = readFilter(new URLSearchParams());
  assert.deepEqual([filterAddress(none), isFiltered(none), isFiltered(filter)], ['/history', false, true]);
});

test('what is bent is left out', () => {
  const filter = readFilter(new URLSearchParams('dateFrom=soon&symbol=%3Cb%3E&exitReason=toString&page=-1'));
  assert.equal(filterAddress(filter), '/history');
});
