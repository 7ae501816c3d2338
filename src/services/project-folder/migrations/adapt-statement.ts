/** Statements that mean the project's own database or server on Supabase, where each project has one to itself. Pure. */

const DATABASE =
  /^((?:alter|comment\s+on)\s+database|(?:grant|revoke)\b[^;]*?\bon\s+database)\s+"?postgres"?(?=[\s;]|$)/i;
const AUTHENTICATOR = /^(alter\s+(?:role|user)\s+"?authenticator"?)\s+(?=set\b|reset\b)/i;

const CREATE_ROLE = /^create\s+(role|user(?!\s+mapping)|group)\b/i;

/**
 * The statement as it has to be run here: the database `postgres` is the project's own, and settings of the login role count for
 * this project only, because roles belong to all projects of a server. For the same reason a role that is there already (from
 * before a --reset, or of another project) is left as it is. `database` is a name, not quoted.
 */
export function adaptStatement(text: string, database: string): string {
  const identifier = /^[a-z_][a-z0-9_]*$/.test(database) ? database : `"${database.replaceAll('"', '""')}"`;
  if (CREATE_ROLE.test(text))
    return `do $freehold$ begin ${text}; exception when duplicate_object then null; end $freehold$`;
  return text
    .replace(DATABASE, (_, before: string) => `${before} ${identifier}`)
    .replace(AUTHENTICATOR, (_, before: string) => `${before} in database ${identifier} `);
}

/** Ends or begins a transaction, so that the file cannot run inside one of ours. */
const CONTROL =
  /^(begin|start\s+transaction|commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b(?!\s*atomic)/i;
/** Statements that Postgres refuses inside a transaction block. */
const OUTSIDE =
  /^(vacuum|alter\s+system|(create|drop)\s+(database|tablespace)|reindex\s+(\([^)]*\)\s*)?(database|system|\w+\s+concurrently))\b|^(create\s+(unique\s+)?index|drop\s+index)\s+concurrently\b/i;

/** Whether a file with these statements runs in one transaction; otherwise each statement is its own. */
export function runsInOneTransaction(statements: readonly { readonly text: string }[]): boolean {
  return !statements.some(({ text }) => CONTROL.test(text) || OUTSIDE.test(text));
}
