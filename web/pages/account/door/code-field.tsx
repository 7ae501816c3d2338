import { useEffect, useId, useRef } from 'react';

interface CodeFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly name?: string;
  /** Digits alone bring up the keypad of a phone. */
  readonly digits?: boolean;
  readonly autoFocus?: boolean;
}

/** A code of one use: phones and password managers offer it by themselves. */
export function CodeField({ label, hint, name = 'code', digits = false, autoFocus = false }: CodeFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        name={name}
        className="field-input code-input"
        dir="ltr"
        autoComplete="one-time-code"
        inputMode={digits ? 'numeric' : 'text'}
        autoCapitalize="none"
        spellCheck={false}
        minLength={6}
        maxLength={20}
        required
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      {hint && (
        <span id={`${id}-hint`} className="quiet small">
          {hint}
        </span>
      )}
    </div>
  );
}
