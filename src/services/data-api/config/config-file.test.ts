import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, parseConfigFile } from './config-file.ts';

const files: Record<string, string> = { 'more.conf': 'db-pool = 3' };
const sources = {
  readFile: (path: string) => files[path]!,
  lookup: (name: string) => (name === 'SECRET' ? 'from the environment' : undefined),
};
const parse = (text: string) => Object.fromEntries(parseConfigFile(text, sources));

test('strings, numbers and booleans come out as text, comments and blank lines do not', () => {
  const text =
    '# all of it\n\ndb-uri = "postgres://"   # where\nserver-port=3001\ndb-plan-enabled = on\ndb-config = false';
  assert.deepEqual(parse(text), {
    'db-uri': 'postgres://',
    'server-port': '3001',
    'db-plan-enabled': 'true',
    'db-config': 'false',
  });
});

test('a string knows escapes, holds a hash sign and may run over lines', () => {
  assert.deepEqual(parse(`${String.raw`a = "q\"u\\o\te # \u00e9" b = "x`}\ny"`), { a: 'q"u\\o\te # é', b: 'x\ny' });
});

test('a group and a dotted key are the same', () => {
  assert.deepEqual(parse('app.settings.one = "1" app { settings { two = "2" } }'), {
    'app.settings.one': '1',
    'app.settings.two': '2',
  });
});

test('an environment variable, and a setting above, are put where $(NAME) stands', () => {
  assert.deepEqual(parse('a = "x" b = "$(SECRET) $(a) $$(a)"'), { a: 'x', b: 'from the environment x $(a)' });
});

test('another file is read where import stands, and the last value of a key counts', () => {
  assert.deepEqual(parse('db-pool = 1\nimport "more.conf"'), { 'db-pool': '3' });
  assert.deepEqual(parse('import "more.conf"\ndb-pool = 1'), { 'db-pool': '1' });
});

for (const [text, complaint] of [
  ['a = \n"x"\nb = word', /line 3: word is not a value/],
  ['a "x"', /line 1: "=" is expected behind a/],
  ['= 1', /a key is expected/],
  ['a = "x', /the string has no end/],
  ['a { b = 1', /a key is expected/],
  ['a = "$(NOWHERE)"', /\$\(NOWHERE\) is not in the environment/],
] as const)
  test(`${JSON.stringify(text)} is refused with the line and what is wrong`, () => {
    assert.throws(
      () => parse(text),
      (error) => error instanceof ConfigError && complaint.test(error.message),
    );
  });
