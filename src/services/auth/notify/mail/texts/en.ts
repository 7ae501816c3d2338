import type { MailTexts } from '../default-mails.ts';

export const en: MailTexts = {
  direction: 'ltr',
  orCode: 'Or enter this code:',
  notYou: 'If you did not ask for this, you can ignore this mail.',
  notYouNotice: 'If this was not you, reset your password now and get in touch with us.',
  mails: {
    confirmation: {
      subject: 'Confirm your email address',
      title: 'Confirm your email address',
      lines: ['Follow this link to confirm {{ .Email }} and finish signing up:'],
      action: 'Confirm email address',
    },
    recovery: {
      subject: 'Reset your password',
      title: 'Reset your password',
      lines: ['Follow this link to choose a new password:'],
      action: 'Reset password',
    },
    magic_link: {
      subject: 'Your sign-in link',
      title: 'Sign in',
      lines: ['Follow this link to sign in:'],
      action: 'Sign in',
    },
    invite: {
      subject: 'You have been invited',
      title: 'You have been invited',
      lines: ['You have been invited to create an account on {{ .SiteURL }}. Follow this link to accept:'],
      action: 'Accept the invitation',
    },
    email_change: {
      subject: 'Confirm the change of your email address',
      title: 'Confirm the change of your email address',
      lines: ['Follow this link to confirm the change from {{ .Email }} to {{ .NewEmail }}:'],
      action: 'Change email address',
    },
    reauthentication: {
      subject: '{{ .Token }} is your verification code',
      title: 'Confirm that it is you',
      lines: ['Enter this code:'],
    },
    password_changed: {
      subject: 'Your password has been changed',
      title: 'Your password has been changed',
      lines: ['The password of your account {{ .Email }} has been changed.'],
    },
    email_changed: {
      subject: 'Your email address has been changed',
      title: 'Your email address has been changed',
      lines: ['The email address of your account has been changed from {{ .OldEmail }} to {{ .Email }}.'],
    },
    phone_changed: {
      subject: 'Your phone number has been changed',
      title: 'Your phone number has been changed',
      lines: ['The phone number of your account {{ .Email }} has been changed to {{ .Phone }}.'],
    },
    identity_linked: {
      subject: 'A sign-in method has been added',
      title: 'A sign-in method has been added',
      lines: ['{{ .Provider }} can now be used to sign in to your account {{ .Email }}.'],
    },
    identity_unlinked: {
      subject: 'A sign-in method has been removed',
      title: 'A sign-in method has been removed',
      lines: ['{{ .Provider }} can no longer be used to sign in to your account {{ .Email }}.'],
    },
    mfa_factor_enrolled: {
      subject: 'A second factor has been added',
      title: 'A second factor has been added',
      lines: ['A second factor ({{ .FactorType }}) has been added to your account {{ .Email }}.'],
    },
    mfa_factor_unenrolled: {
      subject: 'A second factor has been removed',
      title: 'A second factor has been removed',
      lines: ['A second factor ({{ .FactorType }}) has been removed from your account {{ .Email }}.'],
    },
  },
};
