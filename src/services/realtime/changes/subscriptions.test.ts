import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Channel } from '../channels/channel.ts';
import { type NamedValues, Subscriptions } from './subscriptions.ts';

const [UUID, INTEGER, TEXT] = [2950, 23, 25];
const ID = '0190c0de-0000-7000-8000-00000000000a';
const OTHER = '0190c0de-0000-7000-8000-00000000000b';
const channel = { joined: true } as Channel;

function subscriptions(filters: readonly (string | undefined)[]) {
  const all = new Subscriptions();
  const ends = filters.map((filter, id) =>
    all.add(channel, { event: '*', schema: 'public', table: 't', filter, given: {} }, id, {
      role: 'authenticated',
      exp: 0,
    }),
  );
  const near = (row: NamedValues) =>
    all
      .of('public', 't', 'INSERT', row)
      .flatMap(({ subjects }) => [...subjects.values()].flatMap((each) => [...each.subscriptions].map(({ id }) => id)))
      .sort();
  return { all, ends, near };
}

const row =
  (typeOid: number, value: string | null | undefined): NamedValues =>
  (name) =>
    name === 'owner' ? { typeOid, value } : undefined;

test('whoever wants one value of a column is found by it, whoever asks anything else is asked himself', () => {
  const { near } = subscriptions([
    `owner=eq.${ID}`,
    `owner=eq.${ID.toUpperCase()}`,
    `owner=eq.${OTHER}`,
    undefined,
    `owner=neq.${ID}`,
    `owner=not.eq.${ID}`,
    `owner=in.(${ID})`,
    `size=gt.3,owner=eq.${ID}`,
  ]);
  assert.deepEqual(near(row(UUID, ID)), [0, 1, 3, 4, 5, 6, 7]);
  assert.deepEqual(near(row(UUID, OTHER)), [2, 3, 4, 5, 6]);
});

test('a number that is not written as Postgres prints it is compared, not looked up', () => {
  const { near } = subscriptions(['owner=eq.5', 'owner=eq.+5', 'owner=eq.05', 'owner=eq.-5', 'owner=eq.6']);
  assert.deepEqual(near(row(INTEGER, '5')), [0, 1, 2]);
  assert.deepEqual(near(row(INTEGER, '-5')), [1, 2, 3]);
});

test('where equal values may have other texts, everybody is asked', () => {
  const { near } = subscriptions([`owner=eq.${ID}`, 'owner=eq.5', 'owner=eq.x']);
  assert.deepEqual(near(row(TEXT, '5')), [0, 1, 2]);
});

test('a value that the log does not have equals nothing', () => {
  const { near } = subscriptions([`owner=eq.${ID}`, 'owner=is.null']);
  for (const value of [null, undefined]) assert.deepEqual(near(row(UUID, value)), [1]);
  assert.deepEqual(
    near(() => undefined),
    [1],
  );
});

test('what has ended is found no more, and nothing stays behind', () => {
  const { all, ends, near } = subscriptions([`owner=eq.${ID}`, `owner=eq.${ID}`, 'owner=eq.5']);
  ends[0]!();
  assert.deepEqual(near(row(UUID, ID)), [1]);
  ends[1]!();
  ends[2]!();
  assert.deepEqual(near(row(UUID, ID)), []);
  assert.equal(all.size, 0);
});
