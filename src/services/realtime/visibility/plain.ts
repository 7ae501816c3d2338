/** The check that is right by construction: Postgres is asked, as each subject, which of the rows are there for it. */
import type { Database } from '#kernel/postgres/database.ts';
import type { TableFacts } from '../changes/catalogue.ts';
import type { Subject } from '../changes/subscriptions.ts';

/** Questions of one statement, row by subject: a subject costs some 0.2 ms, a row of it some microseconds. */
const QUESTIONS = 20_000;
const SUBJECTS = 500;
const TIMEOUT_MS = 10_000;

/** Which rows a subject is asked about, as indices of the keys. */
export type Questions = ReadonlyMap<Subject, readonly number[]>;

/**
 * For each key (values of the primary key's columns, as text) the subjects, all of one role, that may see its row as it is now.
 * Rejects when Postgres cannot be asked; whoever calls then shows the row to nobody.
 */
export async function visibleTo(
  database: Database,
  table: TableFacts,
  keys: readonly (readonly string[])[],
  questions: Questions,
): Promise<Set<Subject>[]> {
  const found = keys.map(() => new Set<Subject>());
  for (const part of partsOf(questions)) {
    const { role } = part[0]![0];
    const subjects = part.map(([subject]) => subject);
    const asked = part.flatMap(([, indices]) => indices.map((index) => index + 1));
    let end = 0;
    const ends = part.map(([, indices]) => {
      end += indices.length;
      return end;
    });
    const types = table.key.map((name) => table.columns.get(name)!.sqlType.replace(/ collate .*$/, ''));
    const claims = subjects.map((subject) => subject.claims);
    const rows = await database.as(
      { role, claims: { role } },
      (session) =>
        session.query<{ key: number; claims: number }>(
          `select key_index as key, claims_index as claims
           from realtime.visible_pairs($1, $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])`,
          [table.sqlName, table.key, types, keys.flat(), claims, asked, ends],
        ),
      { statementTimeoutMs: TIMEOUT_MS },
    );
    for (const { key, claims: subject } of rows) found[key - 1]!.add(subjects[subject - 1]!);
  }
  return found;
}

function* partsOf(questions: Questions): Generator<[Subject, readonly number[]][]> {
  let part: [Subject, readonly number[]][] = [];
  let count = 0;
  for (const [subject, indices] of questions) {
    if (part.length === SUBJECTS || (part.length > 0 && count + indices.length > QUESTIONS)) {
      yield part;
      part = [];
      count = 0;
    }
    part.push([subject, indices]);
    count += indices.length;
  }
  if (part.length > 0) yield part;
}
