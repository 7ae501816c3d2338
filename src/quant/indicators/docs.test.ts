import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { indicatorDocs } from './docs.ts';

test('docs/indicators.md is what the definitions say', () => {
  const written = readFileSync(new URL('../../../docs/indicators.md', import.meta.url), 'utf8');
  assert.equal(written, indicatorDocs(), 'write it anew: node src/quant/indicators/docs.ts > docs/indicators.md');
});
