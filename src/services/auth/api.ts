/** Accounts as GoTrue answers them under /auth/v1, and the same account service for the products' own login routes. */
import type { RequestListener } from 'node:http';
import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import { openPhoneSignIn, type PhoneRules, type PhoneSignIn } from './codes/phone-sign-in.ts';
import { createListener } from './http/listener.ts';
import { endpoints } from './http/routes.ts';
import type { Inbox } from './notify/inbox/inbox.ts';
import { openContext } from './open-context.ts';
import type { AuthSettings } from './settings/settings.ts';
import { sweep, sweepHourly } from './sweep.ts';

export type { Accounts, Client, Reach } from './accounts.ts';
export { CAREFUL_PHONE_RULES, type CodeSent, type PhoneRules, type PhoneSignIn } from './codes/phone-sign-in.ts';
export { AuthError } from './errors.ts';
export { type ImportReport, importUsers } from './import/import-users.ts';
export type { Inbox } from './notify/inbox/inbox.ts';
export { nationalNumber, normaliseEmail, normalisePhone } from './rules/addresses.ts';
export type { SessionBody } from './sessions/issue-session.ts';
export { authSettings } from './settings/read-settings.ts';
export type { AuthSettings } from './settings/settings.ts';
export type { UserBody } from './users/user-body.ts';

declare module '#kernel/product.ts' {
  interface Platform {
    readonly accounts: Accounts;
    /** What the endpoints under /admin take as token. */
    readonly adminToken: string;
  }
}

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
  /** For the login routes of products. */
  readonly accounts: Accounts;
  /** Sign-in by phone with quotas, tries and a lock of the product's own; CAREFUL_PHONE_RULES when absent. */
  phoneSignIn(rules?: PhoneRules): PhoneSignIn;
  /** Development's page with the mails and texts that nobody sends; absent in production. */
  readonly inbox?: Inbox;
  /** Deletes what nobody can use any more; it runs by itself every hour. */
  sweep(): Promise<void>;
  /** Mails that were begun leave first. */
  close(): Promise<void>;
}

/** Opens auth on a database whose schemas are in place; no connection is made before the first request. */
export function openAuth(options: AuthOptions): Auth {
  const context = openContext(options);
  const sweeping = sweepHourly(context);
  return {
    listener: createListener(context, endpoints),
    accounts: openAccounts(context, endpoints),
    phoneSignIn: (rules) => openPhoneSignIn(context, rules),
    inbox: context.outbox.inbox,
    sweep: () => sweep(context),
    close: () => {
      sweeping[Symbol.dispose]();
      return context.outbox.close();
    },
  };
}
