import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { heldRows, takeIn } from './held-rows.ts';

const signals = (text: string) =>
  text.split(' ').map((part) => {
    const [id, finalScore] = part.split(':');
    return { id, finalScore: Number(finalScore) } as unknown as SignalSummary;
  });
const shown = (rows: SignalSummary[]) => rows.map(({ id, finalScore }) => `${id}:${finalScore}`).join(' ');

test('a scan moves no row: scores change in place, what ended goes, what is new waits', () => {
  const held = takeIn(signals('a:90 b:80 c:70'), 'all');
  const { rows, waiting } = heldRows(held, signals('d:95 c:91 a:85'));
  assert.equal(shown(rows), 'a:85 c:91');
  assert.equal(waiting, 1);
});

test('asked for, the new ones come in, in the order of now, and are marked until the next time', () => {
  const before = takeIn(signals('a:90 b:80'), 'all');
  const now = signals('d:95 b:91 a:85');
  const held = takeIn(now, 'all', before);
  assert.equal(shown(heldRows(held, now).rows), 'd:95 b:91 a:85');
  assert.deepEqual([...held.marked], ['d']);
  assert.deepEqual([...takeIn(now, 'all', held).marked], []);
});

test('at first nothing is new', () => {
  assert.equal(takeIn(signals('a:90'), 'all').marked.size, 0);
});
