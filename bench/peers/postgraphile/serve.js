/** PostGraphile 4 on the benchmark's database, as anon, with its own defaults for production. Argument: the connection as JSON. Says its port. */
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';

const { size, ...target } = JSON.parse(process.argv[2]);
const pool = new pg.Pool({ ...target, max: size });
const options = {
  pgSettings: { role: 'anon' },
  disableQueryLog: true,
  graphiql: false,
  retryOnInitFail: false,
};
const server = createServer(postgraphile(pool, 'public', options));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ rss: process.memoryUsage().rss, processorMs: (user + system) / 1000 });
});
