import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test('every language has every text, with the same places to fill in', () => {
  for (const [name, messages] of Object.entries({ de, ar })) {
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort(), name);
    for (const [key, text] of Object.entries(en))
      assert.deepEqual(holes(messages[key as keyof typeof en]), holes(text), `${key} in ${name}`);
  }
});
