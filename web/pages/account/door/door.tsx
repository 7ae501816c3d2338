import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Outcome } from '../../../app/field.tsx';
import { refusalText } from './refusal.ts';
import './door.css';

interface DoorProps {
  readonly title: string;
  readonly lead?: string;
  readonly button: string;
  /** What is done with the form; what it throws is said below the fields. */
  readonly enter: (form: FormData) => Promise<Outcome | undefined>;
  readonly children: ReactNode;
  /** Below the button. */
  readonly after?: ReactNode;
}

/** A form on a page of its own. While it is at work it takes no second press; a refusal gets the focus. */
export function Door({ title, lead, button, enter, children, after }: DoorProps) {
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${title} · Kurzora`;
  }, [title]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setOutcome(undefined);
    setOutcome(await enter(form).catch((error): Outcome => ({ kind: 'failed', text: refusalText(error) })));
    setBusy(false);
  }

  return (
    <form className="form door" onSubmit={submit} aria-busy={busy}>
      <h1>{title}</h1>
      {lead && <p className="quiet">{lead}</p>}
      <Said outcome={outcome} />
      {children}
      <button type="submit" className="button primary" disabled={busy}>
        {button}
      </button>
      {after}
    </form>
  );
}

/** What became of the form: a refusal takes the focus, so that who cannot see it is at it and who can tabs on to the fields. */
function Said({ outcome }: { outcome: Outcome }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (outcome?.kind === 'failed') line.current?.focus();
  }, [outcome]);
  return (
    <p
      ref={line}
      tabIndex={-1}
      className={outcome?.kind === 'failed' ? 'outcome said refused' : 'outcome said'}
      role={outcome?.kind === 'failed' ? 'alert' : 'status'}
    >
      {outcome?.text}
    </p>
  );
}

export const said = (form: FormData, name: string): string => String(form.get(name) ?? '');
