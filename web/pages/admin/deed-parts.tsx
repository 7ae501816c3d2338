import { type ReactNode, useState } from 'react';
import { explain } from '../../app/notice.tsx';

interface AskedTwiceProps {
  readonly text: string;
  /** What the second press says: the deed in full. */
  readonly confirm: string;
  /** Whom or what it is about, for those who hear the button alone. */
  readonly about: string;
  readonly disabled?: boolean;
  readonly act: () => void;
}

/** What cannot be undone is asked for twice, in the same place. */
export function AskedTwice({ text, confirm, about, disabled, act }: AskedTwiceProps) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className={asked ? 'button danger' : 'button'}
      aria-label={`${asked ? confirm : text}: ${about}`}
      disabled={disabled}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) act();
        setAsked(!asked);
      }}
    >
      {asked ? confirm : text}
    </button>
  );
}

export function Refused({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <p className="small down" role="alert">
      {explain(error)}
    </p>
  );
}

/** A part of a page that opens on demand: forms that are seldom needed. */
export function Disclosure({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="disclosure">
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
