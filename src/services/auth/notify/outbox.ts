import type { UserRow } from '../store/users.ts';

/** What a mail of auth is about; the name of its template in config.toml. */
export type MailKind =
  | 'confirmation'
  | 'recovery'
  | 'magic_link'
  | 'invite'
  | 'email_change'
  | 'reauthentication'
  | 'password_changed'
  | 'email_changed'
  | 'phone_changed'
  | 'identity_linked'
  | 'identity_unlinked'
  | 'mfa_factor_enrolled'
  | 'mfa_factor_unenrolled';

/** Mails that tell somebody what happened and carry no code; each is sent only where the project has switched it on. */
export const isNotice = (kind: MailKind): boolean => /ed$/.test(kind);

export interface AuthMail {
  readonly kind: MailKind;
  readonly to: string;
  readonly user: UserRow;
  /** The code a person types ({{ .Token }}); absent in notices. */
  readonly token?: string;
  /** {{ .TokenHash }}, and for an email change the one of the other address. */
  readonly tokenHash?: string;
  readonly tokenNew?: string;
  readonly tokenHashNew?: string;
  /** {{ .ConfirmationURL }}: <external>/verify?token=<hash>&type=<type>&redirect_to=<url>. */
  readonly confirmationUrl?: string;
  /** {{ .NewEmail }}. */
  readonly newEmail?: string;
  readonly redirectTo?: string;
  /** {{ .Data }} is the user's metadata; fields of notices ({{ .Provider }}, {{ .FactorType }}, {{ .OldEmail }}) come here. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What verify calls it (signup, recovery, ...), for the send_email hook. */
  readonly actionType?: string;
}

export interface AuthSms {
  /** E.164 without plus, as auth.users has it. */
  readonly phone: string;
  readonly code: string;
  readonly user: UserRow;
  readonly channel: 'sms' | 'whatsapp';
  /** With `{{ .Code }}`; the one of the settings when absent. */
  readonly template?: string;
}

/** Sends after the caller's transaction has committed: through the hook if there is one, else SMTP or vendors, else the development inbox. */
export interface Outbox {
  /** Throws AuthError: email_address_not_authorized, over_email_send_rate_limit (429), unexpected_failure (500, "Error sending ... email"). */
  mail(mail: AuthMail): Promise<void>;
  /** Returns the vendor's message id; throws sms_send_failed (422), over_sms_send_rate_limit (429). */
  sms(sms: AuthSms): Promise<string>;
  /** Whether a vendor that makes its own codes (Twilio Verify) takes this one; undefined when codes are ours. */
  approves(phone: string, code: string): Promise<boolean | undefined>;
  /** Work that the answer must not wait for, lest its time tell who has an account. A failure is logged. */
  later(what: string, work: () => Promise<unknown>): void;
  /** Resolves when all that was begun with `later` has ended. */
  settle(): Promise<void>;
}
