/** A process that uses a data folder, for tests to kill: `node holder.fixture.ts FOLDER wait|exit|throw|claim`. */
import { createLog } from '../../log.ts';
import { claimFolder, startCluster } from '../cluster.ts';

const [, , folder = '', then] = process.argv;
try {
  if (then === 'claim') await claimFolder(folder);
  const cluster = then === 'claim' ? undefined : await startCluster({ folder, log: createLog('silent') });
  process.stdout.write(`${JSON.stringify({ server: cluster?.pid, adopted: cluster?.adopted })}\n`, () => {
    if (then === 'exit') process.exit(3);
    if (then === 'throw') throw new Error('as a bug would');
  });
  process.stdin.resume();
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
}
