import { useId, useRef, useState } from 'react';

interface CopyLineProps {
  readonly label: string;
  readonly value: string;
  readonly copy: string;
  readonly copied: string;
}

/** A text to take along; where the clipboard is closed (a page without TLS) it is marked, for the keys that copy. */
export function CopyLine({ label, value, copy, copied }: CopyLineProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState(false);
  async function take(): Promise<void> {
    input.current?.select();
    await navigator.clipboard?.writeText(value).then(
      () => setDone(true),
      () => undefined,
    );
  }
  return (
    <div className="copy-line">
      <div className="form-field">
        <label htmlFor={id}>{label}</label>
        <input id={id} ref={input} className="field-input" dir="ltr" readOnly value={value} />
      </div>
      <button type="button" className="button" onClick={() => void take()}>
        <span aria-live="polite">{done ? copied : copy}</span>
      </button>
    </div>
  );
}
