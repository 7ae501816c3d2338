import type { AuthSettings } from '../../settings/settings.ts';
import type { AuthMail } from '../outbox.ts';

/**
 * `email_data` of the hook send_email. For a change of address with two confirmations the fields are crossed as GoTrue documents
 * them: `token` goes with `token_hash_new` to the present address, `token_new` with `token_hash` to the new one.
 */
export function emailHookPayload(settings: AuthSettings, mail: AuthMail): Readonly<Record<string, unknown>> {
  const double = mail.tokenNew !== undefined;
  return {
    token: mail.token ?? '',
    token_hash: (double ? mail.tokenHashNew : mail.tokenHash) ?? '',
    redirect_to: mail.redirectTo ?? '',
    email_action_type: mail.actionType ?? mail.kind,
    site_url: settings.externalUrl(),
    token_new: mail.tokenNew ?? '',
    token_hash_new: (double ? mail.tokenHash : '') ?? '',
    ...(mail.newEmail ? { new_email: mail.newEmail } : {}),
    ...Object.fromEntries(
      Object.entries(mail.fields ?? {}).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter, at: number) => `${at > 0 ? '_' : ''}${letter.toLowerCase()}`),
        value,
      ]),
    ),
  };
}
