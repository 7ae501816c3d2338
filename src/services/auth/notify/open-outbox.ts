import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '#kernel/log.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { Hooks } from '../hooks/hooks.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { AuthSettings } from '../settings/settings.ts';
import { userBody } from '../users/user-body.ts';
import { type Inbox, openInbox } from './inbox/inbox.ts';
import { keepMessage } from './inbox/inbox-messages.ts';
import { emailHookPayload } from './mail/hook-payload.ts';
import { type RenderedMail, renderMail } from './mail/render-mail.ts';
import { type AuthMail, type AuthSms, isNotice, type Outbox } from './outbox.ts';
import { approveByVendor, sendByVendors } from './sms/vendors.ts';
import { renderText } from './template/render.ts';

export interface OutboxOptions {
  readonly settings: AuthSettings;
  readonly transaction: AuthContext['transaction'];
  readonly hooks: Hooks;
  readonly limits: RateLimits;
  readonly log: Logger;
}

export interface OpenOutbox extends Outbox {
  /** Development's page; absent in production. */
  readonly inbox?: Inbox;
  /** Waits for what is under way and closes connections. */
  close(): Promise<void>;
}

/** The way out for mail and SMS: the project's hook if it has one, else SMTP and vendors, else (not in production) the inbox. */
export function openOutbox(options: OutboxOptions): OpenOutbox {
  const { settings, hooks, limits, transaction, log } = options;
  // Loaded only where mail goes out.
  const smtp = settings.email.smtp
    ? import('./mail/smtp.ts').then(({ openSmtp }) => openSmtp(settings.email.smtp!))
    : undefined;
  if (settings.production && !smtp && !hooks.has('send_email'))
    log.warn('auth.email.smtp is not set: no mail of this project can be sent');
  const pending = new Set<Promise<void>>();
  const settle = async () => {
    while (pending.size > 0) await Promise.all(pending);
  };

  const deliver = async (mail: AuthMail, rendered: RenderedMail): Promise<void> => {
    if (smtp) return (await smtp).send(mail.to, rendered);
    if (settings.production) throw new Error('auth.email.smtp is not set: nothing can be sent');
    await transaction((tx) =>
      keepMessage(tx, {
        channel: 'email',
        kind: mail.kind,
        recipient: mail.to,
        subject: rendered.subject,
        body: rendered.html,
      }),
    );
  };

  const sendText = async ({ phone, code, user, channel, template }: AuthSms): Promise<string> => {
    if (hooks.has('send_sms')) {
      await transaction(async (tx) =>
        hooks.call('send_sms', { user: await userBody(tx, user), sms: { otp: code, phone: `+${phone}` } }, tx),
      );
      return '';
    }
    const text = renderText(template ?? settings.sms.template, { Code: code });
    if (settings.sms.vendors.length > 0) return sendByVendors(settings.sms.vendors, { phone, text, channel }, log);
    if (settings.production) throw new Error('auth.sms has no vendor: nothing can be sent');
    const id = await transaction((tx) =>
      keepMessage(tx, { channel: 'sms', kind: 'sms', recipient: `+${phone}`, subject: '', body: text }),
    );
    return `inbox-${id}`;
  };

  return {
    mail: async (mail) => {
      if (isNotice(mail.kind) && !settings.email.notifications[mail.kind]?.enabled) return;
      limits.message('email');
      try {
        if (!hooks.has('send_email')) {
          const rendered = renderMail(settings, mail);
          if (rendered.fault)
            log.warn({ kind: mail.kind, fault: rendered.fault }, 'a template cannot be read; the default was sent');
          return await deliver(mail, rendered);
        }
        await transaction(async (tx) =>
          hooks.call(
            'send_email',
            { user: await userBody(tx, mail.user), email_data: emailHookPayload(settings, mail) },
            tx,
          ),
        );
      } catch (cause) {
        if (cause instanceof AuthError) throw cause;
        throw new AuthError(500, 'unexpected_failure', `Error sending ${NAMES[mail.kind]} email`, { cause });
      }
    },
    sms: async (sms) => {
      if (hooks.has('send_sms') || settings.sms.vendors.length > 0) limits.message('sms');
      try {
        return await sendText(sms);
      } catch (cause) {
        if (cause instanceof AuthError) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new AuthError(422, 'sms_send_failed', `Error sending confirmation OTP to provider: ${reason}`, { cause });
      }
    },
    approves: async (phone, code) => {
      const vendor = settings.sms.vendors.find(({ vendor }) => vendor === 'twilio_verify');
      return vendor && !hooks.has('send_sms') ? approveByVendor(vendor, phone, code) : undefined;
    },
    later: (what, work) => {
      const run: Promise<void> = afterAnswer(settings.production)
        .then(work)
        .then(
          () => {},
          (err: unknown) => log.error({ err, what }, 'what was to happen after the answer failed'),
        )
        .finally(() => pending.delete(run));
      pending.add(run);
    },
    settle,
    ...(settings.production ? {} : { inbox: openInbox(transaction, settle) }),
    close: async () => {
      await settle();
      (await smtp)?.close();
    },
  };
}

/** The answer leaves first; in production the work begins at some moment, so that the next request does not feel whether there is any. */
async function afterAnswer(production: boolean): Promise<void> {
  await (production ? pause(50 + randomInt(400)) : nextTurn());
}

/** As GoTrue's errors name the mails. */
const NAMES: Readonly<Record<AuthMail['kind'], string>> = {
  confirmation: 'confirmation',
  recovery: 'recovery',
  magic_link: 'magic link',
  invite: 'invite',
  email_change: 'email change',
  reauthentication: 'reauthentication',
  password_changed: 'password changed notification',
  email_changed: 'email changed notification',
  phone_changed: 'phone changed notification',
  identity_linked: 'identity linked notification',
  identity_unlinked: 'identity unlinked notification',
  mfa_factor_enrolled: 'MFA factor enrolled notification',
  mfa_factor_unenrolled: 'MFA factor unenrolled notification',
};
