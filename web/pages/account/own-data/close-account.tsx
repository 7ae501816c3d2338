import { type FormEvent, useState } from 'react';
import { send } from '../../../app/api.ts';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { leaveFor } from '../../../app/supabase.ts';
import { said } from '../door/door.tsx';
import { refusalText } from '../door/refusal.ts';
import { say } from './texts.ts';

/** The address is typed and the password given, so that neither a slip nor an open screen closes an account. */
export function CloseAccount({ email }: { email: string }) {
  const [open, setOpen] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  if (!open)
    return (
      <button type="button" className="button danger" onClick={() => setOpen(true)}>
        {say('closeBegin')}
      </button>
    );

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (said(form, 'confirm').trim().toLowerCase() !== email.toLowerCase())
      return setOutcome({ kind: 'failed', text: say('wrongAddress') });
    setBusy(true);
    try {
      await send('DELETE', 'user/account', { password: said(form, 'close-password') });
      leaveFor('/');
    } catch (error) {
      const wrong = (error as { code?: string }).code === 'INVALID_CREDENTIALS';
      setOutcome({ kind: 'failed', text: wrong ? say('wrongPassword') : refusalText(error) });
      setBusy(false);
    }
  }

  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field label={say('typeAddress', { email })} name="confirm" dir="ltr" autoComplete="off" autoFocus required />
      <Field
        label={t('password')}
        name="close-password"
        type="password"
        dir="ltr"
        autoComplete="current-password"
        maxLength={1000}
        required
      />
      <div className="buttons">
        <button type="submit" className="button danger" disabled={busy}>
          {say('closeNow')}
        </button>
        <button type="button" className="button plain" onClick={() => setOpen(false)}>
          {say('cancel')}
        </button>
      </div>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
