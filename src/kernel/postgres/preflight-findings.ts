/** What an external server lacks, judged from what its catalogue says; pure. */

export interface Finding {
  readonly missing: string;
  readonly consequence: string;
  /** What a superuser runs to set it right; one or more statements. */
  readonly sql: string;
  /** True: nothing works without it. False: one capability is missing. */
  readonly fatal: boolean;
}

/** What the catalogue says; one row of the query below. */
export interface Facts {
  readonly version: string;
  readonly version_num: number;
  readonly standby: boolean;
  readonly encoding: string;
  readonly user: string;
  readonly database: string;
  readonly superuser: boolean;
  readonly createrole: boolean;
  readonly bypassrls: boolean;
  readonly replication: boolean;
  readonly create_in_database: boolean;
  readonly create_in_public: boolean;
  readonly missing_schemas: readonly string[];
  /** Schemas that exist, still lack what belongs into them, and that the owner may not create in. */
  readonly foreign_schemas: readonly string[];
  readonly missing_roles: readonly string[];
  /** Of the wanted roles, those that exist and that the owner may not administer. */
  readonly foreign_roles: readonly string[];
  readonly service_role_bypasses: boolean;
  /** Roles that a login of ours is not a member of. */
  readonly missing_memberships: readonly { readonly login: string; readonly role: string }[];
  readonly wal_level: string;
  readonly slots: number;
  readonly senders: number;
  /** Identifiers quoted by the server. */
  readonly user_identifier: string;
  readonly database_identifier: string;
}

/** The judgement, apart from the catalogue. `major` of the server: role administration changed with 16. */
export function findingsOf(facts: Facts, major: number): Finding[] {
  return [
    ...encodingFindings(facts),
    ...roleFindings(facts, major),
    ...schemaFindings(facts),
    ...replicationFindings(facts),
  ];
}

function encodingFindings({ encoding, database_identifier }: Facts): Finding[] {
  if (encoding === 'UTF8') return [];
  return [
    {
      missing: `encoding UTF8 (the database has ${encoding})`,
      consequence: 'text that people write cannot be stored',
      sql: `create database ${database_identifier.replace(/"?$/, (end) => `_utf8${end}`)} encoding 'UTF8' template template0;`,
      fatal: true,
    },
  ];
}

function roleFindings(facts: Facts, major: number): Finding[] {
  if (facts.superuser) return [];
  const findings: Finding[] = [];
  const needsRoles = facts.missing_roles.length > 0;
  const needsBypass = !facts.service_role_bypasses;
  if (needsRoles && !facts.createrole)
    findings.push({
      missing: `CREATEROLE (the roles ${facts.missing_roles.join(', ')} do not exist yet)`,
      consequence: 'sessions have no role to run as',
      sql: `alter role ${facts.user_identifier} createrole;`,
      fatal: true,
    });
  // Before 16 only a superuser makes a role with BYPASSRLS; since then who has CREATEROLE and BYPASSRLS passes it on.
  if (needsBypass && (major < 16 || !facts.bypassrls))
    findings.push({
      missing: 'a service_role that bypasses row level security',
      consequence: 'the service key and background jobs see no rows',
      sql:
        major < 16
          ? facts.missing_roles.includes('service_role')
            ? `create role service_role nologin noinherit bypassrls;`
            : `alter role service_role bypassrls;`
          : `alter role ${facts.user_identifier} bypassrls;`,
      fatal: true,
    });
  // Up to 15 CREATEROLE administers every role that is no superuser.
  const foreign = major < 16 && facts.createrole ? [] : facts.foreign_roles;
  for (const login of LOGINS) findings.push(...loginFindings(login, foreign, facts, major));
  return findings;
}

/** What sessions and services log in as. */
const LOGINS = ['authenticator', 'freehold_services'];

function loginFindings(login: string, foreign: readonly string[], facts: Facts, major: number): Finding[] {
  const findings: Finding[] = [];
  const grants = facts.missing_memberships
    .filter((each) => each.login === login && foreign.includes(each.role))
    .map(({ role }) => role);
  if (grants.length > 0)
    findings.push({
      missing: `membership of ${login} in ${grants.join(', ')}`,
      consequence: 'sessions cannot become these roles',
      sql: `grant ${grants.join(', ')} to ${login};`,
      fatal: true,
    });
  if (foreign.includes(login))
    findings.push({
      missing: `the right to set the password of ${login}`,
      consequence: 'sessions cannot log in',
      sql:
        major < 16
          ? `alter role ${facts.user_identifier} createrole;`
          : `alter role ${facts.user_identifier} createrole;\ngrant ${login} to ${facts.user_identifier} with admin option;`,
      fatal: true,
    });
  return findings;
}

function schemaFindings(facts: Facts): Finding[] {
  const findings: Finding[] = [];
  if (facts.missing_schemas.length > 0 && !facts.create_in_database)
    findings.push({
      missing: `CREATE on the database (the schemas ${facts.missing_schemas.join(', ')} do not exist yet)`,
      consequence: 'migrations cannot run',
      sql: `grant create on database ${facts.database_identifier} to ${facts.user_identifier};`,
      fatal: true,
    });
  for (const schema of facts.foreign_schemas)
    findings.push({
      missing: `CREATE on the schema ${schema}, which belongs to another role`,
      consequence: 'migrations cannot run',
      // Its own tables lie in `freehold`, so it has to own that one.
      sql:
        schema === 'freehold'
          ? `alter schema freehold owner to ${facts.user_identifier};`
          : `grant usage, create on schema ${schema} to ${facts.user_identifier} with grant option;`,
      fatal: true,
    });
  if (!facts.create_in_public)
    findings.push({
      missing: 'CREATE on the schema public',
      consequence: 'migrations cannot run',
      sql: `create schema if not exists public;\ngrant usage, create on schema public to ${facts.user_identifier} with grant option;`,
      fatal: true,
    });
  return findings;
}

function replicationFindings(facts: Facts): Finding[] {
  const consequence = 'changes of tables do not reach realtime subscribers';
  const findings: Finding[] = [];
  if (facts.wal_level !== 'logical')
    findings.push({
      missing: `wal_level=logical (it is ${facts.wal_level})`,
      consequence,
      sql: `alter system set wal_level = 'logical'; -- then restart the server`,
      fatal: false,
    });
  if (!facts.replication && !facts.superuser)
    findings.push({
      missing: 'REPLICATION',
      consequence,
      sql: `alter role ${facts.user_identifier} replication;`,
      fatal: false,
    });
  const low = [
    ['max_replication_slots', facts.slots],
    ['max_wal_senders', facts.senders],
  ] as const;
  for (const [name, value] of low)
    if (value < 1)
      findings.push({
        missing: `${name} of 1 or more (it is ${value})`,
        consequence,
        sql: `alter system set ${name} = 10; -- then restart the server`,
        fatal: false,
      });
  return findings;
}
