import { useEffect, useRef } from 'react';
import { CopyLine } from '../copy-line.tsx';
import { say } from './texts.ts';

/** The key itself, this once: the server keeps only its hash. */
export function MadeKey({ value, done }: { value: string; done: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className="once">
      <h3 ref={title} tabIndex={-1}>
        {say('madeTitle')}
      </h3>
      <p className="small">{say('madeLead')}</p>
      <CopyLine label={say('key')} value={value} copy={say('copy')} copied={say('copied')} />
      <div className="buttons">
        <button type="button" className="button primary" onClick={done}>
          {say('kept')}
        </button>
      </div>
    </div>
  );
}
