import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { OperatorError } from '#kernel/errors.ts';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { given, seconds, unset } from './config-values.ts';
import type { AuthSettings, SmtpSettings } from './settings.ts';

type Email = AuthSettings['email'];
type Template = Email['templates'][string];

const TEMPLATES = ['invite', 'confirmation', 'recovery', 'magic_link', 'email_change', 'reauthentication'];

/**
 * auth.email; templates are read at once, so that a missing file stops the start and not a mail. In development a mail server whose
 * settings are not there leaves the mails in the inbox.
 */
export function emailSettings(
  table: ConfigTable,
  { production, folders = [] }: { readonly production: boolean; readonly folders?: readonly string[] },
): Email {
  const notifications = Object.keys(table.table('auth.email.notification'));
  return {
    enableSignup: table.flag('auth.email.enable_signup', true),
    doubleConfirmChanges: table.flag('auth.email.double_confirm_changes', true),
    enableConfirmations: table.flag('auth.email.enable_confirmations', false),
    securePasswordChange: table.flag('auth.email.secure_password_change', false),
    maxFrequency: seconds(table, 'auth.email.max_frequency', 1),
    otpLength: table.integer('auth.email.otp_length') ?? 6,
    otpExpiry: table.integer('auth.email.otp_expiry') ?? 3600,
    smtp: smtp(table, production),
    templates: Object.fromEntries(
      TEMPLATES.map((kind) => [kind, template(table, `auth.email.template.${kind}`, folders)]),
    ),
    notifications: Object.fromEntries(
      notifications.map((kind) => {
        const path = `auth.email.notification.${kind}`;
        return [kind, { enabled: table.flag(`${path}.enabled`, false), ...template(table, path, folders) }];
      }),
    ),
  };
}

function template(table: ConfigTable, path: string, folders: readonly string[]): Template {
  const file = given(table, `${path}.content_path`);
  return {
    subject: given(table, `${path}.subject`),
    content: file === undefined ? given(table, `${path}.content`) : readTemplate(file, path, folders),
  };
}

function readTemplate(file: string, path: string, folders: readonly string[]): string {
  const candidates = isAbsolute(file) ? [file] : folders.map((folder) => join(folder, file));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new OperatorError(`config.toml: ${path}.content_path names ${file}, which does not exist`);
  return readFileSync(found, 'utf8');
}

function smtp(table: ConfigTable, production: boolean): SmtpSettings | undefined {
  if (Object.keys(table.table('auth.email.smtp')).length === 0) return undefined;
  if (!table.flag('auth.email.smtp.enabled', true)) return undefined;
  const names = ['host', 'user', 'pass', 'admin_email'];
  if (!production && names.some((name) => unset(table, `auth.email.smtp.${name}`))) return undefined;
  const needed = (name: string): string => {
    const value = given(table, `auth.email.smtp.${name}`);
    if (value === undefined) throw new OperatorError(`config.toml: auth.email.smtp.${name} is missing`);
    return value;
  };
  return {
    host: needed('host'),
    port: table.integer('auth.email.smtp.port') ?? 587,
    user: given(table, 'auth.email.smtp.user'),
    pass: given(table, 'auth.email.smtp.pass'),
    adminEmail: needed('admin_email'),
    senderName: given(table, 'auth.email.smtp.sender_name') ?? '',
  };
}
