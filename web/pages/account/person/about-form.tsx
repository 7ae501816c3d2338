import { type FormEvent, useId, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { said } from '../door/door.tsx';
import { outcomeOf } from '../outcome-of.ts';
import { Part } from '../part.tsx';
import { changeProfile, type Profile, useChange } from './profile.ts';
import { say } from './texts.ts';

export function AboutForm({ userId, profile }: { userId: string; profile: Profile }) {
  const change = useChange(userId, changeProfile);
  const [outcome, setOutcome] = useState<Outcome>();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = { name: said(form, 'name').trim(), timezone: said(form, 'timezone') };
    void outcomeOf(change.mutateAsync(given), t('saved')).then(setOutcome);
  }
  return (
    <Part title={say('about')}>
      <form className="form" onSubmit={submit}>
        <Field
          label={t('name')}
          name="name"
          defaultValue={profile.name}
          pattern=".*\S.*"
          maxLength={255}
          autoComplete="name"
          required
        />
        <TimeZone chosen={profile.timezone} />
        <p className="small quiet">
          {t('email')}: <bdi dir="ltr">{profile.email}</bdi> (
          {profile.emailVerified ? say('confirmed') : say('notConfirmed')})
        </p>
        <button type="submit" className="button" disabled={change.isPending}>
          {t('save')}
        </button>
        <OutcomeLine outcome={outcome} />
      </form>
    </Part>
  );
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

function TimeZone({ chosen }: { chosen: string }) {
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{say('timezone')}</label>
      <select id={id} name="timezone" className="field-input" defaultValue={chosen}>
        {!ZONES.includes(chosen) && <option>{chosen}</option>}
        {ZONES.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </select>
    </div>
  );
}
