import assert from 'node:assert/strict';
import { glob } from 'node:fs/promises';
import { test } from 'node:test';
import type { PageTexts } from '../app/language.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

function assertAlike(where: string, { en, ...others }: PageTexts<string>): void {
  for (const [name, messages] of Object.entries(others)) {
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort(), `${where} in ${name}`);
    for (const [key, text] of Object.entries(en))
      assert.deepEqual(holes(messages[key] ?? ''), holes(text), `${where}: ${key} in ${name}`);
  }
}

test('every language has every text, with the same places to fill in', () => {
  assertAlike('messages', { en, de, ar });
});

test('so it is with the texts of each part of the site', async () => {
  const folder = new URL('../pages/', import.meta.url);
  const files: string[] = [];
  for await (const file of glob('**/texts.ts', { cwd: folder })) files.push(file);
  assert.notEqual(files.length, 0);
  for (const file of files) {
    const { TEXTS } = (await import(new URL(file, folder).href)) as { TEXTS: PageTexts<string> };
    assertAlike(file, TEXTS);
  }
});
