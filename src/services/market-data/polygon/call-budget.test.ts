import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CallBudget, type MonotonicClock } from './call-budget.ts';

/** Time passes only by waiting. */
function waitingClock(): MonotonicClock & { time: number } {
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    async sleep(milliseconds: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      clock.time += milliseconds;
    },
  };
  return clock;
}

test('no minute, wherever it begins, sees more calls than the plan allows, and no call waits longer than it must', async () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), pauses, async (callsPerMinute, gaps) => {
      const clock = waitingClock();
      const budget = new CallBudget(callsPerMinute, clock);
      const made: number[] = [];
      for (const gap of gaps) {
        clock.time += gap;
        const asked = clock.time;
        await budget.take();
        const earlier = made.at(-callsPerMinute);
        assert.equal(clock.time, earlier === undefined ? asked : Math.max(asked, earlier + 60_000));
        made.push(clock.time);
      }
      for (const [index, time] of made.entries())
        assert.ok(made.filter((other, at) => at >= index && other < time + 60_000).length <= callsPerMinute);
    }),
  );
});

test('callers are served in the order in which they came', async () => {
  const budget = new CallBudget(2, waitingClock());
  const served: number[] = [];
  await Promise.all([1, 2, 3, 4, 5].map((caller) => budget.take().then(() => served.push(caller))));
  assert.deepEqual(served, [1, 2, 3, 4, 5]);
});

test('a pause holds for everyone', async () => {
  const clock = waitingClock();
  const budget = new CallBudget(100, clock);
  budget.pause(7000);
  await Promise.all([budget.take(), budget.take()]);
  assert.equal(clock.time, 1_007_000);
});

test('a caller who gives up does not hold up the next one', async () => {
  const clock = waitingClock();
  const budget = new CallBudget(1, clock);
  const stop = new AbortController();
  stop.abort(new Error('given up'));
  await assert.rejects(budget.take(stop.signal), { message: 'given up' });
  await budget.take();
  assert.equal(clock.time, 1_000_000);
});
