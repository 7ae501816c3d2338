import { type FormEvent, useId, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { said } from '../door/door.tsx';
import { refusalText } from '../door/refusal.ts';
import { addKey, type NewKey, useChangeKeys } from './keys.ts';
import { say } from './texts.ts';

const LIFETIMES = [30, 90, 365];

interface NewKeyFormProps {
  readonly userId: string;
  readonly made: (key: string) => void;
  readonly cancel: () => void;
}

export function NewKeyForm({ userId, made, cancel }: NewKeyFormProps) {
  const add = useChangeKeys(userId, addKey);
  const [outcome, setOutcome] = useState<Outcome>();
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    try {
      made((await add.mutateAsync(keyOf(new FormData(event.currentTarget)))).key);
    } catch (error) {
      const full = (error as { code?: string }).code === 'CONFLICT';
      setOutcome({ kind: 'failed', text: full ? say('tooMany') : refusalText(error) });
    }
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <Field label={say('keyName')} name="name" pattern=".*\S.*" maxLength={50} autoFocus autoComplete="off" required />
      <fieldset className="choices">
        <legend>{say('permissions')}</legend>
        <label className="check-line">
          <input type="radio" name="permissions" value="read" defaultChecked />
          {say('read')}
        </label>
        <label className="check-line">
          <input type="radio" name="permissions" value="read write" />
          {say('readWrite')}
        </label>
      </fieldset>
      <Lifetime />
      <Field label={say('rate')} name="rate" type="number" dir="ltr" min={10} max={1000} hint={say('rateHint')} />
      <div className="buttons">
        <button type="submit" className="button primary" disabled={add.isPending}>
          {say('make')}
        </button>
        <button type="button" className="button plain" onClick={cancel}>
          {say('cancel')}
        </button>
      </div>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}

function Lifetime() {
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{say('ends')}</label>
      <select id={id} name="days" className="field-input" defaultValue="90">
        {LIFETIMES.map((days) => (
          <option key={days} value={days}>
            {say('afterDays', { n: days })}
          </option>
        ))}
        <option value="">{say('byLimits')}</option>
      </select>
    </div>
  );
}

function keyOf(form: FormData): NewKey {
  const [days, rate] = [Number(said(form, 'days')), Number(said(form, 'rate'))];
  return {
    name: said(form, 'name').trim(),
    permissions: said(form, 'permissions').split(' '),
    ...(days > 0 && { expiresInDays: days }),
    ...(rate > 0 && { rateLimit: rate }),
  };
}
