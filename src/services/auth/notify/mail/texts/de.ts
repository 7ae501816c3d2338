import type { MailTexts } from '../default-mails.ts';

export const de: MailTexts = {
  direction: 'ltr',
  orCode: 'Oder geben Sie diesen Code ein:',
  notYou: 'Wenn Sie das nicht angefordert haben, können Sie diese Nachricht ignorieren.',
  notYouNotice: 'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück und melden Sie sich bei uns.',
  mails: {
    confirmation: {
      subject: 'E-Mail-Adresse bestätigen',
      title: 'E-Mail-Adresse bestätigen',
      lines: ['Folgen Sie diesem Link, um {{ .Email }} zu bestätigen und die Anmeldung abzuschließen:'],
      action: 'E-Mail-Adresse bestätigen',
    },
    recovery: {
      subject: 'Passwort zurücksetzen',
      title: 'Passwort zurücksetzen',
      lines: ['Folgen Sie diesem Link, um ein neues Passwort zu wählen:'],
      action: 'Passwort zurücksetzen',
    },
    magic_link: {
      subject: 'Ihr Anmeldelink',
      title: 'Anmelden',
      lines: ['Folgen Sie diesem Link, um sich anzumelden:'],
      action: 'Anmelden',
    },
    invite: {
      subject: 'Sie sind eingeladen',
      title: 'Sie sind eingeladen',
      lines: ['Sie sind eingeladen, ein Konto auf {{ .SiteURL }} anzulegen. Folgen Sie diesem Link, um anzunehmen:'],
      action: 'Einladung annehmen',
    },
    email_change: {
      subject: 'Änderung der E-Mail-Adresse bestätigen',
      title: 'Änderung der E-Mail-Adresse bestätigen',
      lines: ['Folgen Sie diesem Link, um den Wechsel von {{ .Email }} zu {{ .NewEmail }} zu bestätigen:'],
      action: 'E-Mail-Adresse ändern',
    },
    reauthentication: {
      subject: '{{ .Token }} ist Ihr Bestätigungscode',
      title: 'Bestätigen Sie, dass Sie es sind',
      lines: ['Geben Sie diesen Code ein:'],
    },
    password_changed: {
      subject: 'Ihr Passwort wurde geändert',
      title: 'Ihr Passwort wurde geändert',
      lines: ['Das Passwort Ihres Kontos {{ .Email }} wurde geändert.'],
    },
    email_changed: {
      subject: 'Ihre E-Mail-Adresse wurde geändert',
      title: 'Ihre E-Mail-Adresse wurde geändert',
      lines: ['Die E-Mail-Adresse Ihres Kontos wurde von {{ .OldEmail }} zu {{ .Email }} geändert.'],
    },
    phone_changed: {
      subject: 'Ihre Telefonnummer wurde geändert',
      title: 'Ihre Telefonnummer wurde geändert',
      lines: ['Die Telefonnummer Ihres Kontos {{ .Email }} lautet jetzt {{ .Phone }}.'],
    },
    identity_linked: {
      subject: 'Eine Anmeldemethode wurde hinzugefügt',
      title: 'Eine Anmeldemethode wurde hinzugefügt',
      lines: ['Mit {{ .Provider }} kann man sich jetzt bei Ihrem Konto {{ .Email }} anmelden.'],
    },
    identity_unlinked: {
      subject: 'Eine Anmeldemethode wurde entfernt',
      title: 'Eine Anmeldemethode wurde entfernt',
      lines: ['Mit {{ .Provider }} kann man sich bei Ihrem Konto {{ .Email }} nicht mehr anmelden.'],
    },
    mfa_factor_enrolled: {
      subject: 'Ein zweiter Faktor wurde hinzugefügt',
      title: 'Ein zweiter Faktor wurde hinzugefügt',
      lines: ['Ihrem Konto {{ .Email }} wurde ein zweiter Faktor ({{ .FactorType }}) hinzugefügt.'],
    },
    mfa_factor_unenrolled: {
      subject: 'Ein zweiter Faktor wurde entfernt',
      title: 'Ein zweiter Faktor wurde entfernt',
      lines: ['Von Ihrem Konto {{ .Email }} wurde ein zweiter Faktor ({{ .FactorType }}) entfernt.'],
    },
  },
};
