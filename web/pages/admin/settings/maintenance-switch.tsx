import { type FormEvent, useState } from 'react';
import { Field } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { Refused } from '../deed-parts.tsx';
import { Choice } from '../list-parts.tsx';
import { type Setting, useChangeSetting } from './settings.ts';
import { say, valueWord } from './texts.ts';

const STATES = ['operational', 'limited', 'maintenance'] as const;
type State = (typeof STATES)[number];
const MEANING = { operational: 'operationalWhy', limited: 'limitedWhy', maintenance: 'maintenanceWhy' } as const;

/** The one setting that everybody feels at once; the message is stored first, so that nobody is turned away without it. */
export function MaintenanceSwitch({ settings, changeable }: { settings: readonly Setting[]; changeable: boolean }) {
  const current = (key: string) => settings.find((setting) => setting.key === key)?.value;
  const stored = { state: current('platform_status') as State, message: String(current('maintenance_message') ?? '') };
  const change = useChangeSetting();
  const [state, setState] = useState<State>(stored.state);
  const [message, setMessage] = useState(stored.message);
  const changed = state !== stored.state || message !== stored.message;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (message !== stored.message) await change.mutateAsync({ key: 'maintenance_message', value: message });
    if (state !== stored.state) await change.mutateAsync({ key: 'platform_status', value: state });
  }
  if (!STATES.includes(stored.state)) return null;
  return (
    <section className="part platform" data-state={stored.state} aria-labelledby="platform-state">
      <h2 id="platform-state">{say('platform')}</h2>
      <p role="status">
        <strong>{valueWord(stored.state)}</strong> <span className="small quiet">{say(MEANING[stored.state])}</span>
      </p>
      {changeable && (
        <form className="form" onSubmit={(event) => void submit(event).catch(() => {})}>
          <Choice
            label={say('newState')}
            value={state}
            options={STATES.map((each) => [each, valueWord(each)])}
            onChange={(value) => setState(value as State)}
          />
          {state !== stored.state && <p className="small quiet">{say(MEANING[state])}</p>}
          <Field
            label={say('message')}
            hint={say('messageHint')}
            dir="auto"
            value={message}
            maxLength={500}
            onChange={(event) => setMessage(event.target.value)}
          />
          <button
            type="submit"
            className={state === 'operational' ? 'button primary' : 'button danger'}
            disabled={!changed || change.isPending}
          >
            {t('save')}
          </button>
          <Refused error={change.error} />
        </form>
      )}
    </section>
  );
}
