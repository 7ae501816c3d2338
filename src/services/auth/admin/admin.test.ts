import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthError } from '../errors.ts';
import { bannedUntil } from './ban-duration.ts';
import { pageHeaders, readPage } from './paging.ts';

const NOW = Date.UTC(2026, 0, 1);
const after = (duration: string) => bannedUntil(duration, NOW)!.getTime() - NOW;

test('durations are those of Go', () => {
  const expected: readonly (readonly [string, number])[] = [
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['300ms', 300],
    ['2h45m0.5s', 9_900_500],
    ['-5s', -5000],
    ['1000000us', 1000],
    ['1000µs', 1],
  ];
  for (const [text, milliseconds] of expected) assert.equal(after(text), milliseconds, text);
});

test('none and zero lift the ban, nothing leaves it, an age ends with the calendar', () => {
  for (const text of ['none', '0', '0s', '-0h']) assert.equal(bannedUntil(text, NOW), null, text);
  for (const text of [undefined, null, '']) assert.equal(bannedUntil(text, NOW), undefined);
  assert.equal(bannedUntil('876000h', NOW)!.getUTCFullYear(), 2125);
  assert.equal(bannedUntil('99999999999h', NOW)!.getUTCFullYear(), 9999);
});

test('what is no duration is named', () => {
  for (const text of ['1d', '24', 'h', '1h 30m', 'forever', '1h30', '--1h', '1..5h'])
    assert.throws(
      () => bannedUntil(text, NOW),
      (error) => error instanceof AuthError && error.status === 400 && error.message.includes(text),
      text,
    );
});

test('pages have defaults, and one that is no number is refused', () => {
  assert.deepEqual(readPage(new URLSearchParams('page=&per_page=')), { page: 1, perPage: 50, offset: 0 });
  assert.deepEqual(readPage(new URLSearchParams('page=3&per_page=20')), { page: 3, perPage: 20, offset: 40 });
  assert.equal(readPage(new URLSearchParams('page=0')).page, 1);
  for (const query of ['page=-1', 'page=x', 'per_page=1.5'])
    assert.throws(() => readPage(new URLSearchParams(query)), AuthError);
});

test('the headers lead to the next page and to the last, and from the last to none', () => {
  const headers = (query: string, total: number) => {
    const parameters = new URLSearchParams(query);
    return pageHeaders({ path: '/admin/users', query: parameters }, readPage(parameters), total);
  };
  assert.deepEqual(headers('per_page=10&page=1&filter=a', 25), {
    link: '</admin/users?page=2&filter=a&per_page=10>; rel="next", </admin/users?page=3&filter=a&per_page=10>; rel="last"',
    'x-total-count': '25',
  });
  assert.equal(headers('per_page=10&page=3', 25)['link'], '</admin/users?page=3&per_page=10>; rel="last"');
  assert.equal(headers('', 0)['link'], '</admin/users?page=0>; rel="last"');
});
