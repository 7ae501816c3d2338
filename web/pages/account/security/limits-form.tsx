import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { said } from '../door/door.tsx';
import { outcomeOf } from '../outcome-of.ts';
import { changeLimits, type Limits, useChangeSecurity } from './security.ts';
import { say } from './texts.ts';

/** Minutes and days that are offered; what was set elsewhere stays choosable. */
const TIMEOUTS = [30, 60, 240, 480, 1440];
const ROTATIONS = [30, 90, 180, 365];

export function LimitsForm({ userId, limits }: { userId: string; limits: Limits }) {
  const change = useChangeSecurity(userId, changeLimits);
  const [outcome, setOutcome] = useState<Outcome>();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const chosen = (name: string) => (said(form, name) === '' ? null : Number(said(form, name)));
    const given = {
      sessionTimeoutMinutes: chosen('timeout'),
      keyRotationDays: chosen('rotation'),
      apiRateLimit: Number(said(form, 'rate')),
    };
    void outcomeOf(change.mutateAsync(given), say('applied')).then(setOutcome);
  }
  return (
    <form className="form" onSubmit={submit}>
      <Choice label={say('timeout')} name="timeout" chosen={limits.sessionTimeoutMinutes} offered={TIMEOUTS}>
        {(minutes) =>
          minutes % 60 === 0 ? say('afterHours', { n: minutes / 60 }) : say('afterMinutes', { n: minutes })
        }
      </Choice>
      <Choice label={say('rotation')} name="rotation" chosen={limits.keyRotationDays} offered={ROTATIONS}>
        {(days) => say('afterDays', { n: days })}
      </Choice>
      <Field
        label={say('rate')}
        name="rate"
        type="number"
        dir="ltr"
        min={10}
        max={1000}
        defaultValue={limits.apiRateLimit}
        required
      />
      <button type="submit" className="button" disabled={change.isPending}>
        {say('apply')}
      </button>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly chosen: number | null;
  readonly offered: readonly number[];
  readonly children: (value: number) => ReactNode;
}

/** One of some numbers, or never. */
function Choice({ label, name, chosen, offered, children }: ChoiceProps) {
  const id = useId();
  const all = chosen === null || offered.includes(chosen) ? offered : [...offered, chosen].sort((a, b) => a - b);
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} className="field-input" defaultValue={chosen ?? ''}>
        <option value="">{say('never')}</option>
        {all.map((value) => (
          <option key={value} value={value}>
            {children(value)}
          </option>
        ))}
      </select>
    </div>
  );
}
