import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addPerson, addSignal, TRADING_MOMENT } from '../../src/products/kurzora/alerts/test-alerts.ts';
import { kurzora } from '../../src/products/kurzora/product.ts';
import { type TestDatabase, testDatabase } from '../database.ts';
import { type MailServerStandIn, startMailServer } from '../stand-ins/mail-server.ts';

const WORKER = fileURLToPath(new URL('./alert-worker.fixture.ts', import.meta.url));
const PEOPLE = 12;
const SIGNALS = 3;

test('two workers that are killed again and again tell everybody of every signal, twice only where it is counted', async (t) => {
  await using mail = await startMailServer();
  await using db = await testDatabase({ migrations: kurzora.migrations });
  for (let index = 0; index < PEOPLE; index += 1) await addPerson(db);
  for (let index = 0; index < SIGNALS; index += 1) await addSignal(db, 85);
  const kills = await runUntilDone(db, mail, { kills: 6, window: false });
  const outcome = await outcomeOf(db, mail);
  t.diagnostic(`${kills} kills, ${outcome.mails} mails, ${outcome.doubts} doubts`);
  assert.equal(kills, 6);
  assert.equal(outcome.different, PEOPLE * SIGNALS, 'nobody is left out');
  assert.deepEqual(outcome.uncounted, [], 'every repeat was counted on its own message');
});

test('a kill between taking the mail and recording it repeats that mail under its Message-ID and counts one doubt', async () => {
  await using mail = await startMailServer();
  await using db = await testDatabase({ migrations: kurzora.migrations });
  for (let index = 0; index < 4; index += 1) await addPerson(db);
  await addSignal(db, 85);
  assert.equal(await runUntilDone(db, mail, { kills: 1, window: true }), 1);
  const outcome = await outcomeOf(db, mail);
  assert.equal(outcome.different, 4);
  assert.ok(outcome.mails > 4, 'the mail that was taken went out again');
  assert.ok(outcome.doubts >= outcome.mails - 4);
  assert.deepEqual(outcome.uncounted, []);
  const [counter] = await db.sql('select max(daily_alerts_sent) as most from public.users');
  assert.deepEqual(counter, { most: 1 }, 'a repeat takes no second place in the day');
});

/**
 * Keeps two workers running until both have found nothing left. Every fifth mail kills them all: before the server has answered
 * (`window`), or with the answer on its way, when the kill falls anywhere around the record.
 */
async function runUntilDone(
  db: TestDatabase,
  mail: MailServerStandIn,
  plan: { readonly kills: number; readonly window: boolean },
): Promise<number> {
  const argument = JSON.stringify({ target: db.target, smtp: mail.url, now: TRADING_MOMENT });
  const alive = new Set<ChildProcess>();
  let kills = 0;
  const killAll = () => {
    for (const child of alive) if (child.kill('SIGKILL')) kills += 1;
    return undefined;
  };
  const take = plan.window ? 2 : 5;
  mail.onTaken = async () => {
    if (mail.mails.length % take !== 0 || kills >= plan.kills) return;
    if (!plan.window) return void setImmediate(killAll);
    const [first] = alive;
    killAll();
    if (first) await once(first, 'exit');
  };
  const keepOne = async () => {
    for (;;) {
      const child = spawn(process.execPath, [WORKER, argument], { stdio: ['ignore', 'inherit', 'inherit'] });
      alive.add(child);
      const [code, signal] = await once(child, 'exit');
      alive.delete(child);
      if (signal !== 'SIGKILL') return assert.equal(code, 0);
    }
  };
  await Promise.all(plan.window ? [keepOne()] : [keepOne(), keepOne()]);
  return kills;
}

async function outcomeOf(db: TestDatabase, mail: MailServerStandIn) {
  const rows = await db.sql<{ id: string; doubts: number }>(
    `select l.external_message_id as id, q.doubts, q.status from public.notification_queue q
     join public.alert_delivery_log l on l.queue_id = q.id where q.status = 'sent'`,
  );
  const times = Map.groupBy(mail.mails, ({ messageId }) => messageId);
  return {
    mails: mail.mails.length,
    different: times.size,
    doubts: rows.reduce((sum, { doubts }) => sum + doubts, 0),
    uncounted: rows.filter(({ id, doubts }) => {
      const count = times.get(id)?.length ?? 0;
      return count < 1 || count > 1 + doubts;
    }),
  };
}
