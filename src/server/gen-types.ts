import { Command } from 'commander';
import { postgrestEnvironment } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import { createLog } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { withOwner } from '#kernel/postgres/owner.ts';
import { loadSchemaCache, readDataApiSettings } from '#services/data-api/api.ts';
import {
  type ProjectFolder,
  readCatalogue,
  readProjectFolder,
  renderTypes,
  type TypedRelationship,
} from '#services/project-folder/api.ts';
import { openServer, type Server } from './open-project.ts';
import { type CommonOptions, settle, withCommonOptions } from './options.ts';

/** Of PostgREST's behaviour that clients may assume. */
const POSTGREST_VERSION = '13.0.5';

/** `freehold gen types FOLDER`: TypeScript for createClient<Database>, from the database as the last start left it. */
export function genTypesCommand(): Command {
  return withCommonOptions(new Command('types'))
    .description('write the TypeScript types of a Supabase project to stdout')
    .argument('<folder>', 'the project, started at least once')
    .option('--schema <names>', 'schemas, separated by commas (default: those of config.toml)')
    .action(async (path: string, options: CommonOptions & { readonly schema?: string }) => {
      const folder = readProjectFolder(path, postgrestEnvironment());
      const { config } = settle(options);
      const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
      const server = await openServer(config, log);
      try {
        const schemas = options.schema?.split(',').map((name) => name.trim()) ?? folder.config.api.schemas;
        process.stdout.write(await typesOf(await databaseOf(server, folder), schemas));
      } finally {
        await server.stop();
      }
    });
}

async function databaseOf(server: Server, { databaseName, paths }: ProjectFolder): Promise<ConnectionTarget> {
  if (!server.embedded) return server.owner;
  const { rowCount } = await withOwner(server.owner, (client) =>
    client.query('select from pg_database where datname = $1', [databaseName]),
  );
  if (rowCount) return { ...server.owner, database: databaseName };
  throw new OperatorError(`the project in ${paths.root} has no database in this data folder yet`, {
    remedy: `Start it once: freehold start ${paths.root}`,
  });
}

/** The file for these schemas of a database. */
export async function typesOf(owner: ConnectionTarget, schemas: readonly string[]): Promise<string> {
  const catalogue = await readCatalogue(owner, schemas);
  const relationships = await relationshipsOf(owner, schemas);
  return renderTypes({ schemas, catalogue, relationships, postgrestVersion: POSTGREST_VERSION });
}

/** As the data API resolves them, those of views included. */
async function relationshipsOf(owner: ConnectionTarget, schemas: readonly string[]): Promise<TypedRelationship[]> {
  const variables = { PGRST_DB_SCHEMAS: schemas.join(',') };
  const { api: config } = readDataApiSettings({ variables, lookup: () => undefined }, undefined);
  const cache = await withOwner(owner, (client) =>
    loadSchemaCache(async <R>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query(text, [...values]);
      return rows as R[];
    }, config),
  );
  return [...cache.relationships.values()].flat().flatMap((each) => {
    if (each.kind !== 'key' || each.table.schema !== each.foreignTable.schema) return [];
    const { cardinality, table, foreignTable } = each;
    const ours = cardinality.kind === 'M2O' || (cardinality.kind === 'O2O' && !cardinality.isParent);
    if (!ours) return [];
    return [
      {
        schema: table.schema,
        relation: table.name,
        foreignKeyName: cardinality.constraint,
        columns: cardinality.columns.map(([here]) => here),
        isOneToOne: cardinality.kind === 'O2O',
        referencedRelation: foreignTable.name,
        referencedColumns: cardinality.columns.map(([, there]) => there),
      },
    ];
  });
}
