import { type FormEvent, useState } from 'react';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { CodeField } from '../door/code-field.tsx';
import { said } from '../door/door.tsx';
import { refusalText } from '../door/refusal.ts';
import { say } from './texts.ts';

interface CodeFormProps {
  readonly button: string;
  readonly hint?: string;
  readonly digits?: boolean;
  readonly enter: (code: string) => Promise<void>;
  readonly cancel: () => void;
}

/** Asks for a code; a wrong one is said and can be entered anew. */
export function CodeForm({ button, hint, digits = false, enter, cancel }: CodeFormProps) {
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const code = said(new FormData(event.currentTarget), 'code').trim();
    setBusy(true);
    await enter(code).catch((error) => {
      setOutcome({ kind: 'failed', text: refusalText(error) });
      setBusy(false);
    });
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <CodeField label={say('code')} hint={hint} digits={digits} autoFocus />
      <div className="buttons">
        <button type="submit" className="button primary" disabled={busy}>
          {button}
        </button>
        <button type="button" className="button plain" onClick={cancel}>
          {say('cancel')}
        </button>
      </div>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
