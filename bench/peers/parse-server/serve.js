/**
 * parse-server on a database of its own, with the list's rows in a class of its own: it does not serve tables that it has not made.
 * Argument: the owner's connection as JSON. Says its port and the id of one client.
 */
import express from 'express';
import { ParseServer } from 'parse-server';
import pg from 'pg';

const { size, ...target } = JSON.parse(process.argv[2]);
const database = 'parse';
const admin = new pg.Client(target);
await admin.connect();
await admin.query(`create database ${database}`);
await admin.end();

const app = express();
const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address();
const serverURL = `http://127.0.0.1:${port}/parse`;
const parse = new ParseServer({
  appId: 'bench',
  masterKey: 'master',
  serverURL,
  databaseURI: 'postgres://localhost/parse',
  databaseOptions: { ...target, database, max: size },
  silent: true,
  logsFolder: null,
  logLevel: 'error',
  enableInsecureAuthAdapters: false,
});
await parse.start();
app.use('/parse', parse.app);

const classes = {
  Todos: { owner: { type: 'String' }, title: { type: 'String' }, done: { type: 'Boolean' } },
  Clients: { name: { type: 'String' } },
};
for (const [className, fields] of Object.entries(classes)) {
  const answer = await fetch(`${serverURL}/schemas/${className}`, {
    method: 'POST',
    headers: { 'X-Parse-Application-Id': 'bench', 'X-Parse-Master-Key': 'master', 'Content-Type': 'application/json' },
    body: JSON.stringify({ className, fields }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
const client = new pg.Client({ ...target, database });
await client.connect();
await client.query(`insert into "Todos" ("objectId", "createdAt", "updatedAt", owner, title, done)
  select lpad(i::text, 10, '0'), now(), now(), (i / 20)::text, 'todo number ' || i, false from generate_series(0, 99999) i`);
await client.query('create index on "Todos" (owner)');
await client.query(`insert into "Clients" ("objectId", "createdAt", "updatedAt", name)
  select lpad(i::text, 10, '0'), now(), now(), 'client ' || i from generate_series(1, 1000) i`);
await client.query('vacuum analyze');
await client.end();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ rss: process.memoryUsage().rss, processorMs: (user + system) / 1000 });
});
process.send({ port });
