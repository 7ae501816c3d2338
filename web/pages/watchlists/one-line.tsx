import type { FormEvent } from 'react';
import { Button } from 'react-aria-components/Button';
import { ApiError } from '../../app/api-error.ts';
import { Field } from '../../app/field.tsx';
import { explain } from '../../app/notice.tsx';
import { say } from './texts.ts';

interface OneLineProps {
  readonly label: string;
  readonly button: string;
  readonly maxLength: number;
  readonly pattern?: string;
  readonly value?: string;
  /** An empty line counts too. */
  readonly mayBeEmpty?: boolean;
  readonly enter: (text: string) => void;
  /** For a form that replaced what it changes: has the focus, and Escape leaves it. */
  readonly leave?: () => void;
}

export function OneLine({ label, button, value, mayBeEmpty, enter, leave, ...limits }: OneLineProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text')).trim();
    if (text || mayBeEmpty) enter(text);
    form.reset();
  }
  return (
    <form className="form one-line" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && leave?.()}>
      <Field
        label={label}
        name="text"
        required={!mayBeEmpty}
        autoComplete="off"
        autoFocus={leave !== undefined}
        defaultValue={value}
        {...limits}
      />
      <button type="submit" className="button">
        {button}
      </button>
      {leave && (
        <Button className="button plain" onPress={leave}>
          {say('cancel')}
        </Button>
      )}
    </form>
  );
}

export function Refused({ error, conflict }: { error: Error | null; conflict: 'alreadyThere' | 'listExists' }) {
  if (!error) return null;
  return (
    <p className="small down" role="alert">
      {error instanceof ApiError && error.code === 'CONFLICT' ? say(conflict) : explain(error)}
    </p>
  );
}
