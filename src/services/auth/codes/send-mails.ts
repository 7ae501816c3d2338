/** The mails that carry a code: each makes the code in the caller's transaction and returns what sends it after commit. */
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { startFlow } from '../flows/flow-state.ts';
import type { MailKind } from '../notify/outbox.ts';
import type { AmrMethod } from '../store/amr.ts';
import type { CodeType } from '../store/one-time-tokens.ts';
import { type UserRow, updateUser } from '../store/users.ts';
import type { MailRequest, Send } from './code-messages.ts';
import { issueCode } from './issue-code.ts';
import { type LinkType, verifyLink } from './mail-link.ts';
import { countMessage } from './message-quotas.ts';

interface CodeMail {
  readonly kind: MailKind;
  readonly type: CodeType;
  readonly link: LinkType;
  readonly purpose: 'confirmation' | 'recovery';
  /** How a PKCE flow that begins with it is remembered. */
  readonly method: AmrMethod;
}

const CONFIRMATION: CodeMail = {
  kind: 'confirmation',
  type: 'confirmation_token',
  link: 'signup',
  purpose: 'confirmation',
  method: 'email/signup',
};
const INVITE: CodeMail = { ...CONFIRMATION, kind: 'invite', link: 'invite', method: 'invite' };
const RECOVERY: CodeMail = {
  kind: 'recovery',
  type: 'recovery_token',
  link: 'recovery',
  purpose: 'recovery',
  method: 'recovery',
};
const MAGIC_LINK: CodeMail = { ...RECOVERY, kind: 'magic_link', link: 'magiclink', method: 'magiclink' };

/** "Confirm your address": the first mail of an account. `user.email` must be there. */
export const sendConfirmation = (context: AuthContext, tx: Session, request: MailRequest): Promise<Send> =>
  prepare(context, tx, CONFIRMATION, request, { confirmation_sent_at: new Date(context.now()) });

/** The same for somebody whom an admin invites. Counts no quota: the admin decides. */
export const sendInvite = (context: AuthContext, tx: Session, request: MailRequest): Promise<Send> => {
  const now = new Date(context.now());
  return prepare(context, tx, INVITE, request, { confirmation_sent_at: now, invited_at: now }, { counted: false });
};

/**
 * For callers that have counted the message already, because it counts for addresses without an account too: the first
 * confirmation, the way to a new password, a link and a code that sign in.
 */
export const sendCountedMail = {
  confirmation: (context: AuthContext, tx: Session, request: MailRequest): Promise<Send> =>
    prepare(context, tx, CONFIRMATION, request, { confirmation_sent_at: new Date(context.now()) }, { counted: false }),
  recovery: (context: AuthContext, tx: Session, request: MailRequest): Promise<Send> =>
    prepare(context, tx, RECOVERY, request, { recovery_sent_at: new Date(context.now()) }, { counted: false }),
  magicLink: (context: AuthContext, tx: Session, request: MailRequest): Promise<Send> =>
    prepare(context, tx, MAGIC_LINK, request, { recovery_sent_at: new Date(context.now()) }, { counted: false }),
};

async function prepare(
  context: AuthContext,
  tx: Session,
  mail: CodeMail,
  { user, ip, redirectTo, challenge }: MailRequest,
  sentAt: Partial<UserRow>,
  { counted = true } = {},
): Promise<Send> {
  const address = user.email;
  if (!address) throw new TypeError('a mail needs a user with an address');
  if (counted) await countMessage(context, tx, { channel: 'email', purpose: mail.purpose, address, ip });
  const { code, tokenHash } = await issueCode(context, tx, {
    user,
    type: mail.type,
    relatesTo: address,
    length: context.settings.email.otpLength,
    pkce: challenge !== undefined,
  });
  if (challenge)
    await startFlow(context, tx, { provider: mail.method, method: mail.method, challenge, userId: user.id });
  const updated = await updateUser(tx, user.id, sentAt);
  return async () => {
    await context.outbox.mail({
      kind: mail.kind,
      to: address,
      user: updated,
      token: code,
      tokenHash,
      confirmationUrl: verifyLink(context, { type: mail.link, tokenHash, redirectTo }),
      redirectTo,
      actionType: mail.link,
    });
    return {};
  };
}
