import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Logger } from '#kernel/log.ts';
import type { Database, Session } from '#kernel/postgres/database.ts';
import { isKnownHash } from '../admin/admin-user.ts';
import type { DumpRow } from './dump-row.ts';
import { readDump } from './read-dump.ts';
import { columnsOfTable, insertRows } from './store-rows.ts';

export interface ImportOptions {
  /** Sessions that may become supabase_auth_admin. */
  readonly services: Database;
  /** A dump: plain SQL of pg_dump or `supabase db dump` (COPY or INSERT), CSV with a header, JSON (a list of users, or `{users, identities}`). */
  readonly input: Readable;
  readonly log: Logger;
  /** Let triggers of the app on auth.users run (`handle_new_user`). Not when the app's own tables come from the same dump. */
  readonly runTriggers?: boolean;
}

export interface ImportReport {
  readonly users: number;
  readonly identities: number;
  /** Second factors that go on working: TOTP and phone. Keys (WebAuthn) are bound to the old address and stay behind. */
  readonly factors: number;
  /** How many of the imported users have a password that this server can verify. */
  readonly passwords: number;
  /** Users that were left alone because their id, address or phone is taken. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

const BATCH = 500;
const AUTH_ADMIN = { role: 'supabase_auth_admin', claims: {} };
/** Values as they are without anything pending: whoever waited for a mail asks again. */
const NOTHING_PENDING = {
  confirmation_token: '',
  recovery_token: '',
  email_change_token_new: '',
  email_change_token_current: '',
  email_change: '',
  email_change_confirm_status: '0',
  phone_change: '',
  phone_change_token: '',
  reauthentication_token: '',
};

/**
 * Brings users, identities and second factors of a Supabase/GoTrue project, all or nothing. People keep their passwords; sessions,
 * codes and links stay behind, so everyone signs in again. A second run changes nothing. Throws OperatorError for a file that is
 * no dump, PostgresError for values that do not fit.
 */
export async function importUsers(options: ImportOptions): Promise<ImportReport> {
  const { services, input, log, runTriggers = false } = options;
  const report = await services.as(AUTH_ADMIN, async (tx) => {
    if (!runTriggers) await tx.execute('alter table auth.users disable trigger user');
    const taken = await takeRows(tx, readDump(input));
    if (!runTriggers) await tx.execute('alter table auth.users enable trigger user');
    return taken;
  });
  log.info({ ...report, skipped: report.skipped.length }, 'users imported');
  return report;
}

/** Identities and factors wait in a table of their own: in a dump they may stand before their users. */
async function takeRows(tx: Session, rows: AsyncIterable<DumpRow>): Promise<ImportReport> {
  await tx.execute('create temp table waiting (place bigserial, kind text, value jsonb) on commit drop');
  await tx.execute('create temp table imported (id uuid primary key) on commit drop');
  const skipped: { id: string; reason: string }[] = [];
  let passwords = 0;
  const storeUsers = await userStore(tx, skipped, (count) => {
    passwords += count;
  });
  let users: DumpRow['values'][] = [];
  let others: DumpRow[] = [];
  for await (const row of rows) {
    if (row.table === 'users') users.push(row.values);
    else others.push(row);
    if (users.length >= BATCH) await storeUsers(users.splice(0));
    if (others.length >= BATCH) await wait(tx, others.splice(0));
  }
  await storeUsers(users);
  await wait(tx, others);
  users = [];
  others = [];
  const { count } = await tx.one<{ count: number }>('select count(*) as count from imported');
  const identities = await takeWaiting(tx, 'identities');
  await addMissingIdentities(tx);
  return { users: count, identities, factors: await takeWaiting(tx, 'mfa_factors'), passwords, skipped };
}

async function userStore(
  tx: Session,
  skipped: { id: string; reason: string }[],
  countPasswords: (count: number) => void,
): Promise<(rows: readonly DumpRow['values'][]) => Promise<void>> {
  const columns = await columnsOfTable(tx, 'users');
  return async (rows) => {
    const ready = rows.map((row) => userRow(row, columns));
    const inserted = await insertRows(tx, 'users', columns, ready);
    await tx.execute('insert into imported select * from unnest($1::uuid[])', [[...inserted]]);
    countPasswords(
      ready.filter((row) => inserted.has(row['id']!) && isKnownHash(row['encrypted_password'] ?? '')).length,
    );
    for (const row of ready)
      if (!inserted.has(row['id']!)) skipped.push({ id: row['id']!, reason: await reasonOf(tx, row) });
  };
}

function userRow(row: DumpRow['values'], columns: ReadonlyMap<string, string>): Record<string, string | null> {
  const { confirmed_at: _generated, ...given } = row;
  const defaults = {
    instance_id: '00000000-0000-0000-0000-000000000000',
    aud: 'authenticated',
    role: 'authenticated',
    encrypted_password: '',
    raw_app_meta_data: '{}',
    raw_user_meta_data: '{}',
    is_sso_user: 'false',
    is_anonymous: 'false',
  };
  const kept = Object.fromEntries(Object.entries(given).filter(([name, value]) => columns.has(name) && value !== null));
  return {
    ...defaults,
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    ...kept,
    ...NOTHING_PENDING,
    id: (given['id'] ?? randomUUID()).toLowerCase(),
    email: given['email']?.toLowerCase() || null,
    phone: given['phone']?.replace(/^\+/, '') || null,
  };
}

async function reasonOf(tx: Session, row: DumpRow['values']): Promise<string> {
  const { id, email } = await tx.one<{ id: boolean; email: boolean }>(
    `select exists (select from auth.users where id = $1::uuid) as id,
       exists (select from auth.users where email = $2 and not is_sso_user) as email`,
    [row['id'], row['email']],
  );
  if (id) return 'a user with this id is there already';
  return email
    ? `the address ${row['email']} belongs to another user`
    : `the phone ${row['phone']} belongs to another user`;
}

async function wait(tx: Session, rows: readonly DumpRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(
    `insert into waiting (kind, value) select r->>'table', r->'values' from jsonb_array_elements($1::jsonb) as r`,
    [JSON.stringify(rows)],
  );
}

/** Those of imported users, in batches. Returns how many there were. */
async function takeWaiting(tx: Session, table: 'identities' | 'mfa_factors'): Promise<number> {
  const columns = await columnsOfTable(tx, table);
  let [taken, last] = [0, 0];
  for (;;) {
    const rows = await tx.query<{ place: number; value: DumpRow['values'] }>(
      `select place, value from waiting join imported on imported.id = (value->>'user_id')::uuid
       where kind = $1 and place > $2 order by place limit ${BATCH}`,
      [table, last],
    );
    if (rows.length === 0) return taken;
    last = Number(rows.at(-1)!.place);
    const ready = rows.map(({ value }) => (table === 'identities' ? identityRow(value) : value)).filter(isUsable);
    taken += (await insertRows(tx, table, columns, ready)).size;
  }
}

/** A key is bound to the address it was made for, and is stored otherwise here. */
const isUsable = (row: DumpRow['values']) => row['factor_type'] !== 'webauthn';

/** Before 2023 `id` was the provider's id, and rows had none of their own. */
function identityRow(row: DumpRow['values']): Record<string, string | null> {
  const { email: _generated, ...given } = row;
  if (given['provider_id']) return { ...given, id: given['id'] || randomUUID() };
  return { ...given, provider_id: given['id'] ?? given['user_id'] ?? null, id: randomUUID() };
}

/** Lists of users alone: who signs in with an address or a number has an identity that says so. */
async function addMissingIdentities(tx: Session): Promise<void> {
  await tx.execute(
    `insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     select u.id, u.id, jsonb_strip_nulls(jsonb_build_object('sub', u.id, 'email', u.email, 'phone', u.phone,
         'email_verified', u.email_confirmed_at is not null, 'phone_verified', u.phone_confirmed_at is not null)),
       case when u.email is null then 'phone' else 'email' end, u.last_sign_in_at, u.created_at, u.updated_at
     from auth.users as u join imported using (id)
     where not u.is_anonymous and not u.is_sso_user and u.deleted_at is null and coalesce(u.email, u.phone) is not null
       and not exists (select from auth.identities as i where i.user_id = u.id)`,
  );
}
