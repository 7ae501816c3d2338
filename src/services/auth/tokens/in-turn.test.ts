import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { inTurn } from './in-turn.ts';

test('no more run at once than leave a core to the event loop; all get their turn, failures too', async () => {
  let [running, most] = [0, 0];
  const work = async (number: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    if (number % 7 === 0) throw new Error('one that fails');
    return number;
  };
  const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => inTurn(() => work(i))));
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 8);
  assert.ok(most <= Math.max(1, availableParallelism() - 1) && most <= 3, `${most} at once`);
  assert.equal(await inTurn(async () => 'the next one'), 'the next one');
});
