import { type FormEvent, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { said } from '../door/door.tsx';
import { refusalText } from '../door/refusal.ts';
import { say as sayDoor } from '../door/texts.ts';
import { Part } from '../part.tsx';
import { changePassword } from './profile.ts';
import { say } from './texts.ts';

export function PasswordForm() {
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setBusy(true);
    try {
      await changePassword(said(given, 'current'), said(given, 'password'));
      form.reset();
      setOutcome({ kind: 'done', text: t('passwordChanged') });
    } catch (error) {
      const wrong = (error as { code?: string }).code === 'INVALID_CREDENTIALS';
      setOutcome({ kind: 'failed', text: wrong ? say('wrongCurrent') : refusalText(error) });
    }
    setBusy(false);
  }
  return (
    <Part title={t('password')} lead={say('passwordLead')}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field
          label={say('currentPassword')}
          name="current"
          type="password"
          dir="ltr"
          autoComplete="current-password"
          maxLength={1000}
          required
        />
        <Field
          label={t('newPassword')}
          name="password"
          type="password"
          dir="ltr"
          autoComplete="new-password"
          minLength={8}
          maxLength={72}
          hint={sayDoor('resetHint')}
          required
        />
        <button type="submit" className="button" disabled={busy}>
          {t('changePassword')}
        </button>
        <OutcomeLine outcome={outcome} />
      </form>
    </Part>
  );
}
