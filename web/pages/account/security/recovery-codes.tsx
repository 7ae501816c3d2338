import { useEffect, useRef, useState } from 'react';
import { say } from './texts.ts';

/** Shown once, and in the way until they are kept. */
export function RecoveryCodes({ codes, done }: { codes: readonly string[]; done: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => title.current?.focus(), []);
  const copy = () =>
    navigator.clipboard?.writeText(codes.join('\n')).then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <div className="once">
      <h3 ref={title} tabIndex={-1}>
        {say('recovery')}
      </h3>
      <p className="small">{say('recoveryLead')}</p>
      <ul className="codes" dir="ltr">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="buttons">
        <button type="button" className="button" onClick={() => void copy()}>
          <span aria-live="polite">{copied ? say('copied') : say('copyCodes')}</span>
        </button>
        <button type="button" className="button primary" onClick={done}>
          {say('kept')}
        </button>
      </div>
    </div>
  );
}
