import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthSettings } from '../../settings/settings.ts';
import type { UserRow } from '../../store/users.ts';
import type { AuthMail, MailKind } from '../outbox.ts';
import { defaultMail } from './default-mails.ts';
import { LANGUAGES } from './language.ts';
import { plainText, renderMail } from './render-mail.ts';

const KINDS: readonly MailKind[] = [
  'confirmation',
  'recovery',
  'magic_link',
  'invite',
  'email_change',
  'reauthentication',
  'password_changed',
  'email_changed',
  'phone_changed',
  'identity_linked',
  'identity_unlinked',
  'mfa_factor_enrolled',
  'mfa_factor_unenrolled',
];

const settings = (templates: AuthSettings['email']['templates'] = {}) =>
  ({ siteUrl: 'https://example.com', email: { templates, notifications: {} } }) as unknown as AuthSettings;

const mail = (kind: MailKind, metadata: Record<string, unknown> = {}): AuthMail => ({
  kind,
  to: 'ada@example.com',
  user: { email: 'ada@example.com', phone: '1', raw_user_meta_data: metadata } as unknown as UserRow,
  token: '123456',
  confirmationUrl: 'https://api.example.com/verify?token=t&type=signup',
  newEmail: 'new@example.com',
  fields: { Provider: 'google', FactorType: 'totp', OldEmail: 'old@example.com' },
});

test('every mail is written in every language, with its link and code', () => {
  const subjects = new Set<string>();
  for (const language of LANGUAGES)
    for (const kind of KINDS) {
      const rendered = renderMail(settings(), mail(kind, { language }));
      assert.equal(rendered.fault, undefined);
      assert.ok(rendered.subject.length > 5 && rendered.html.includes(`lang="${language}"`));
      assert.doesNotMatch(rendered.html, /\{\{|undefined/);
      assert.equal(
        rendered.html.includes('href="https://api.example.com/verify?token=t&amp;type=signup"'),
        'action' in textOf(kind),
      );
      subjects.add(`${kind} ${rendered.subject}`);
    }
  assert.equal(subjects.size, KINDS.length * LANGUAGES.length);
  assert.ok(renderMail(settings(), mail('confirmation', { locale: 'ar-EG' })).html.includes('dir="rtl"'));
});

const textOf = (kind: MailKind): object =>
  defaultMail(kind, 'en').content.includes('ConfirmationURL') ? { action: true } : {};

test("the project's own template comes first, and a broken one gives way to the default", () => {
  const own = { confirmation: { subject: 'Hi {{ .Email }}', content: '<p>{{ .Token }} at {{ .SiteURL }}</p>' } };
  const rendered = renderMail(settings(own), mail('confirmation'));
  assert.equal(rendered.subject, 'Hi ada@example.com');
  assert.equal(rendered.html, '<p>123456 at https://example.com</p>');
  const broken = renderMail(settings({ confirmation: { content: '{{ if }' } }), mail('confirmation'));
  assert.ok(broken.fault);
  assert.match(broken.html, /123456/);
});

test('a subject is one line, whatever a person calls himself', () => {
  const own = { confirmation: { subject: '{{ .Data.name }}' } };
  const rendered = renderMail(settings(own), mail('confirmation', { name: 'a\r\nBcc: everybody@example.com' }));
  assert.equal(rendered.subject, 'a Bcc: everybody@example.com');
});

test('the plain text shows the links', () => {
  assert.equal(
    plainText('<h2>Hi</h2><p>Go &amp; <a href="https://x.example/?a=1&amp;b=2">click</a></p>'),
    'Hi\nGo & click: https://x.example/?a=1&b=2',
  );
});
