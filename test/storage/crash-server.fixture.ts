/** A storage server in a process of its own, to be killed: `node crash-server.fixture.ts <target as JSON> <folder> <secret>`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { openDatabase } from '#kernel/postgres/session.ts';
import { DEFAULT_STORAGE_SETTINGS, openStorage } from '#services/storage/api.ts';

const [target = '', folder = '', secret = ''] = process.argv.slice(2);
const log = createLog('fatal');
const services = openDatabase({
  target: JSON.parse(target) as ConnectionTarget,
  poolSize: 8,
  statementTimeoutMs: 30_000,
  log,
});
const storage = await openStorage({
  services,
  verify: () => ({ role: 'service_role', claims: {} }),
  folder,
  settings: { ...DEFAULT_STORAGE_SETTINGS, minimumFreeBytes: 0 },
  signingSecret: secret,
  log,
});
const server = createServer(storage.listener);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
