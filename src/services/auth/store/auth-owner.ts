import type { Identity } from '#kernel/postgres/database.ts';

/** Who auth is in Postgres: the owner of its schema, and of nothing else. */
export const AUTH_OWNER: Identity = { role: 'supabase_auth_admin', claims: { role: 'supabase_auth_admin' } };
