import type { Session } from '#kernel/postgres/database.ts';
import { addSecurityEvent, type SecurityEventType } from '../queries/security.ts';

interface Noted {
  readonly userId: string;
  readonly type: SecurityEventType;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Writes down what happened to an account and from where, in the transaction of the deed where there is one. */
export function noteEvent(
  session: Session,
  { client }: { readonly client: { readonly ip: string; readonly userAgent: string } },
  noted: Noted,
): Promise<void> {
  return addSecurityEvent(session, { ...noted, ip: client.ip, userAgent: client.userAgent });
}
