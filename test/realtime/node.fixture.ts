/** A process of its own that serves realtime on a database, until it is killed. Says its port and state on stdout. */

import { createLog } from '#kernel/log.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { startNode } from './harness.ts';

const { owner, sessions, services, busUrl } = JSON.parse(process.argv[2]!);
const log = createLog('fatal');
const open = (target: never) => openDatabase({ target, poolSize: 2, statementTimeoutMs: 10_000, log });
const node = await startNode(
  { owner, database: open(sessions as never), services: open(services as never) },
  {},
  busUrl,
);
await node.realtime.ready;
process.stdout.write(`${JSON.stringify({ port: node.port, state: node.realtime.metrics().changes.state })}\n`);
