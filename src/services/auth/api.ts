/** Accounts as GoTrue answers them under /auth/v1, and the same account service for the products' own login routes. */
import type { RequestListener } from 'node:http';
import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import { createListener } from './http/listener.ts';
import { endpoints } from './http/routes.ts';
import type { Inbox } from './notify/inbox/inbox.ts';
import { openContext } from './open-context.ts';
import type { AuthSettings } from './settings/settings.ts';

export { type ImportReport, importUsers } from './import/import-users.ts';
export type { Inbox } from './notify/inbox/inbox.ts';
export { authSettings } from './settings/read-settings.ts';
export type { AuthSettings } from './settings/settings.ts';

export interface AuthOptions {
  /** Sessions of the services: they may become supabase_auth_admin. */
  readonly services: Database;
  readonly settings: AuthSettings;
  readonly keys: {
    readonly jwtSecret: string;
    readonly signingKeys: readonly Readonly<Record<string, unknown>>[];
    /** JWK set as JSON: all that verifies a token. */
    readonly verificationKeys: string;
  };
  readonly log: Logger;
  readonly now?: () => number;
}

/** /auth/v1 of one project. */
export interface Auth {
  /** Sees the whole URL, prefix included; the gateway has settled Authorization. */
  readonly listener: RequestListener;
  /** Development's page with the mails and texts that nobody sends; absent in production. */
  readonly inbox?: Inbox;
  /** Mails that were begun leave first. */
  close(): Promise<void>;
}

/** Opens auth on a database whose schemas are in place; no connection is made before the first request. */
export function openAuth(options: AuthOptions): Auth {
  const context = openContext(options);
  return {
    listener: createListener(context, endpoints),
    inbox: context.outbox.inbox,
    close: () => context.outbox.close(),
  };
}
