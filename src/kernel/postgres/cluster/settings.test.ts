import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverSettings } from './settings.ts';

const GB = 1024 ** 3;

test('memory is an eighth of the machine, within bounds', () => {
  const buffers = (memory: number) => serverSettings(memory)['shared_buffers'];
  assert.deepEqual(
    [0.25, 1, 8, 24, 512].map((gb) => buffers(gb * GB)),
    ['64MB', '128MB', '1024MB', '2048MB', '2048MB'],
  );
});

test('replication is logical, and a slot that nobody reads cannot fill the disk', () => {
  const settings = serverSettings(GB);
  assert.equal(settings['wal_level'], 'logical');
  assert.ok(Number(settings['max_replication_slots']) > 0 && Number(settings['max_wal_senders']) > 0);
  assert.equal(settings['max_slot_wal_keep_size'], '4GB');
});
