import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { startFlow } from '../flows/flow-state.ts';
import type { AuthMail } from '../notify/outbox.ts';
import { deleteTokensOf } from '../store/one-time-tokens.ts';
import { updateUser } from '../store/users.ts';
import type { MailRequest, Send } from './code-messages.ts';
import { type IssuedCode, issueCode } from './issue-code.ts';
import { verifyLink } from './mail-link.ts';
import { countMessage } from './message-quotas.ts';

/**
 * Notes the address that the user wants and asks for a confirmation from there, and from the present address too where the project
 * wants both (double_confirm_changes) and there is one. Not for projects that confirm at once: `confirmEmailChange` does that.
 */
export async function startEmailChange(
  context: AuthContext,
  tx: Session,
  request: MailRequest & {
    /** Normalised; that nobody else has it is for the caller. */
    readonly email: string;
    /** The caller has counted the message, or the admin decides. */
    readonly counted?: boolean;
  },
): Promise<Send> {
  const { user, email, ip, challenge } = request;
  if (!request.counted)
    await countMessage(context, tx, { channel: 'email', purpose: 'email_change', address: user.email || email, ip });
  await deleteTokensOf(tx, user.id, ['email_change_token_new', 'email_change_token_current']);
  const issue = (type: 'email_change_token_new' | 'email_change_token_current', relatesTo: string) =>
    issueCode(context, tx, {
      user,
      type,
      relatesTo,
      length: context.settings.email.otpLength,
      pkce: challenge !== undefined,
    });
  const forNew = await issue('email_change_token_new', email);
  const present = context.settings.email.doubleConfirmChanges && user.email ? user.email : undefined;
  const forPresent = present ? await issue('email_change_token_current', present) : undefined;
  if (challenge)
    await startFlow(context, tx, { provider: 'email_change', method: 'email_change', challenge, userId: user.id });
  const updated = await updateUser(tx, user.id, {
    email_change: email,
    email_change_sent_at: new Date(context.now()),
    email_change_confirm_status: 0,
  });
  return async () => {
    const mail = (to: string, issued: IssuedCode): AuthMail => ({
      kind: 'email_change',
      to,
      user: updated,
      token: issued.code,
      tokenHash: issued.tokenHash,
      confirmationUrl: verifyLink(context, {
        type: 'email_change',
        tokenHash: issued.tokenHash,
        redirectTo: request.redirectTo,
      }),
      newEmail: email,
      redirectTo: request.redirectTo,
      actionType: 'email_change',
    });
    const both = forPresent ? { tokenNew: forNew.code, tokenHashNew: forNew.tokenHash } : {};
    const toPresent = present && forPresent ? { ...mail(present, forPresent), ...both } : undefined;
    // The hook is told of both at once.
    const alone = toPresent && context.hooks.has('send_email');
    const mails = [...(alone ? [] : [mail(email, forNew)]), ...(toPresent ? [toPresent] : [])];
    await Promise.all(mails.map((each) => context.outbox.mail(each)));
    return {};
  };
}
