import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { type RunningProject, startProject } from '../browser/project.ts';

let project: RunningProject;
let client: SupabaseClient;

before(async () => {
  project = await startProject();
  client = createClient(project.url, project.anonKey, { auth: { persistSession: false } });
});
after(() => project?.stop());

test('a visitor reads the live signals with what each indicator contributed, as the front end asks for them', async () => {
  const { data, error, status } = await client
    .from('trading_signals')
    .select('*, indicators(id, indicator_name, timeframe, raw_value, score_contribution, scoring_version, metadata)')
    .eq('status', 'active')
    .gte('confidence_score', 30)
    .order('confidence_score', { ascending: false })
    .limit(50);
  assert.equal(error, null);
  assert.equal(status, 200);
  assert.ok(data && data.length > 0);
  for (const signal of data) {
    assert.ok(
      signal.indicators.length === 28 || signal.indicators.length === 29,
      'four timeframes of seven indicators',
    );
    assert.deepEqual(
      Object.keys(signal.signals)
        .filter((key) => /^\d/.test(key))
        .sort(),
      ['1D', '1H', '1W', '4H'],
    );
    assert.equal(typeof signal.entry_price, 'number');
  }
});

test('a visitor writes nothing', async () => {
  const row = { ticker: 'AAPL', confidence_score: 99, final_score: 99, signal_type: 'bullish' };
  const { error, status } = await client.from('trading_signals').insert(row);
  assert.equal(error?.code, '42501');
  assert.equal(status, 401);
  const removed = await client.from('trading_signals').delete().gte('confidence_score', 0);
  assert.equal(removed.error?.code, '42501');
});

test('the sectors of the universe can be listed', async () => {
  const { data, error } = await client
    .from('active_stocks')
    .select('sector')
    .not('sector', 'is', null)
    .neq('sector', '');
  assert.equal(error, null);
  assert.ok(new Set(data?.map(({ sector }) => sector)).size > 5);
});
