import { type InputHTMLAttributes, useId } from 'react';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string;
}

/** One labelled input; the hint is read out with it. */
export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="field-input" aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <span id={`${id}-hint`} className="quiet small">
          {hint}
        </span>
      )}
    </div>
  );
}

/** What became of a form: nothing yet, that it is done, or why not. */
export type Outcome = { readonly kind: 'done' | 'failed'; readonly text: string } | undefined;

export function OutcomeLine({ outcome }: { outcome: Outcome }) {
  return (
    <p
      className={outcome?.kind === 'failed' ? 'outcome down' : 'outcome up'}
      role={outcome?.kind === 'failed' ? 'alert' : 'status'}
    >
      {outcome?.text}
    </p>
  );
}
