import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globMatches } from './glob.ts';
import { isAllowedRedirect, redirectTarget, withCode, withError, withMessage, withSession } from './redirects.ts';

const settings = {
  siteUrl: 'https://www.example.com',
  additionalRedirectUrls: [
    'http://localhost:3000',
    'https://*.preview.example.net/**',
    'https://docs.example.org/{en,de}/?ntro',
    'com.example.app://callback',
    'exp://192.168.1.5:8081',
  ],
};

const ALLOWED = [
  'https://www.example.com',
  'https://www.example.com/deep/page?x=1#y',
  'http://www.example.com:8080/other-port',
  'http://localhost:3000',
  'https://a-b.preview.example.net/x/y',
  'https://docs.example.org/de/intro',
  'com.example.app://callback',
  'com.example.app://callback#done',
  'exp://192.168.1.5:8081',
];

const REFUSED = [
  '',
  'not an address',
  '/relative',
  '//evil.example',
  'https://evil.example',
  'https://www.example.com.evil.example',
  'https://www.example.com@evil.example/',
  'https://evil.example#https://www.example.com',
  'https://evil.example/?https://www.example.com',
  'https://evil.example\\@www.example.com/',
  'https:\\\\www.example.com',
  'https:///www.example.com',
  'https:www.example.com',
  'javascript://www.example.com/%0aalert(1)',
  'data:text/html,hello',
  'ftp://www.example.com/',
  'https://user:pass@www.example.com/',
  'https://www.example.com/\n.evil',
  ' https://www.example.com',
  'https://evil?x.preview.example.net/',
  'https://a.b.preview.example.net/x',
  'https://evil.example/.preview.example.net/x',
  'https://docs.example.org/fr/intro',
  'https://docs.example.org/de//ntro',
  'com.example.app://other',
  'http://2130706433/',
  'http://192.168.1.5/',
  'http://[::ffff:10.0.0.1]/',
];

for (const url of ALLOWED)
  test(`${JSON.stringify(url)} may be led to`, () => assert.equal(isAllowedRedirect(settings, url), true));
for (const url of REFUSED)
  test(`${JSON.stringify(url)} may not be led to`, () => assert.equal(isAllowedRedirect(settings, url), false));

test('what is not allowed gives way to the page that asked, and that to the site', () => {
  assert.equal(redirectTarget(settings, 'https://evil.example', 'http://localhost:3000'), 'http://localhost:3000');
  assert.equal(redirectTarget(settings, 'https://evil.example', 'https://evil.example'), settings.siteUrl);
  assert.equal(redirectTarget(settings, null), settings.siteUrl);
});

test('globs know runs, classes, alternatives and escapes', () => {
  const cases: readonly [string, string, boolean][] = [
    ['a*c', 'abbc', true],
    ['a*c', 'ab/c', false],
    ['a*c', 'ab.c', false],
    ['a**c', 'ab/./c', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['{ab,c*}x', 'cddx', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a+b(c)', 'a+b(c)', true],
    ['[a', '[a', false],
    ['{a', '{a', false],
  ];
  for (const [pattern, text, expected] of cases)
    assert.equal(globMatches(pattern, text), expected, `${pattern} on ${text}`);
});

test('results are put into the address beside what is there', () => {
  const session = { access_token: 'a', token_type: 'bearer', expires_in: 1, expires_at: 2, refresh_token: 'r' };
  assert.equal(
    withSession('https://x.example/p?q=1#old', session, { type: 'signup' }),
    'https://x.example/p?q=1#access_token=a&expires_at=2&expires_in=1&refresh_token=r&token_type=bearer&type=signup',
  );
  assert.equal(withCode('https://x.example?q=1&code=old', 'c'), 'https://x.example?q=1&code=c');
  assert.equal(withCode('app://callback', 'c'), 'app://callback?code=c');
  const error = { status: 403, code: 'otp_expired', message: 'Too late' };
  const shown = 'error=access_denied&error_code=otp_expired&error_description=Too+late';
  assert.equal(withError('https://x.example', error), `https://x.example#${shown}`);
  assert.equal(withError('https://x.example', error, { pkce: true }), `https://x.example?${shown}#${shown}`);
  assert.equal(withMessage('https://x.example', 'One more'), 'https://x.example#message=One+more');
});
