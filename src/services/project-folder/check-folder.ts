import { planExtensions } from './extensions/plan.ts';
import { codeOf } from './extensions/sql-code.ts';
import type { ProjectFolder } from './read-folder.ts';

/** What a start would meet, found without a database. */
export interface FolderReport {
  readonly project: string;
  readonly migrations: number;
  readonly statements: number;
  readonly seeds: readonly string[];
  /** Extensions that CREATE EXTENSION asks for. */
  readonly extensions: readonly string[];
  /** What the SQL uses of the platform, with the place of the first use. */
  readonly features: readonly { readonly feature: string; readonly where: string }[];
  /** What would stop a start. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** Extensions that come with Postgres 18 as embedded. */
const WITH_POSTGRES = new Set(
  (
    'amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore ' +
    'insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache pg_freespacemap pg_logicalinspect ' +
    'pg_prewarm pg_stat_statements pg_surgery pg_trgm pg_visibility pg_walinspect pgcrypto pgrowlocks pgstattuple plpgsql ' +
    'postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2'
  ).split(' '),
);

const FEATURES: readonly { readonly feature: string; readonly sign: RegExp }[] = [
  { feature: 'accounts (auth.users, auth.uid)', sign: /\bauth\.\w/i },
  { feature: 'storage (buckets, objects)', sign: /\bstorage\.\w/i },
  { feature: 'changes of tables (publication supabase_realtime)', sign: /\bsupabase_realtime\b/i },
  { feature: 'broadcast from SQL (realtime schema)', sign: /\brealtime\.\w/i },
  { feature: 'row level security', sign: /\bcreate\s+policy\b|\benable\s+row\s+level\s+security\b/i },
  { feature: 'triggers', sign: /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/i },
  { feature: 'event triggers', sign: /\bcreate\s+event\s+trigger\b/i },
  { feature: 'database webhooks (supabase_functions.http_request)', sign: /\bsupabase_functions\.\w/i },
];

/** Reads every statement; opens nothing. */
export function checkFolder(folder: ProjectFolder): FolderReport {
  const files = [...folder.migrations, ...folder.seeds];
  const plan = planExtensions(files, WITH_POSTGRES);
  const code = files.flatMap(({ label, statements }) =>
    statements.map(({ text, line }) => {
      const { immediate, bodies } = codeOf(text);
      return { where: `${label} line ${line}`, text: `${immediate}\n${bodies}` };
    }),
  );
  return {
    project: folder.config.projectId,
    migrations: folder.migrations.length,
    statements: code.length,
    seeds: folder.seeds.map(({ label }) => label),
    extensions: plan.declared,
    features: FEATURES.flatMap(({ feature, sign }) => {
      const first = code.find(({ text }) => sign.test(text));
      return first ? [{ feature, where: first.where }] : [];
    }),
    faults: plan.faults.map(({ message }) => message),
    warnings: [...folder.warnings, ...plan.warnings],
  };
}
