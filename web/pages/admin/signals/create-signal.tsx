import { type FormEvent, useState } from 'react';
import { Field } from '../../../app/field.tsx';
import { number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Refused } from '../deed-parts.tsx';
import { Choice } from '../list-parts.tsx';
import { type Me, may } from '../staff.ts';
import { judgeLevels, type LevelFault, type SignalType } from './signal-levels.ts';
import { TYPES, useCreateSignal } from './signals.ts';
import { say } from './texts.ts';

const NOTHING = { ticker: '', score: '80', entry: '', stop: '', target: '', explanation: '', notes: '' };
type Typed = typeof NOTHING;
/** Many decimals are typed with a comma in other languages. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
const STOP_FAULTS: readonly LevelFault[] = ['stopBelow', 'stopAbove'];

export function CreateSignal({ me }: { me: Me }) {
  const create = useCreateSignal();
  const [typed, setTyped] = useState<Typed>(NOTHING);
  const [type, setType] = useState<SignalType>('bullish');
  const approves = may(me, 'signal', 'approve');
  const [draft, setDraft] = useState(!approves);
  const levels = { type, entry: numberOf(typed.entry), stop: numberOf(typed.stop), target: numberOf(typed.target) };
  const { faults, ratio } = judgeLevels(levels);
  const stopFault = faults.find((fault) => STOP_FAULTS.includes(fault));
  const targetFault = faults.find((fault) => !STOP_FAULTS.includes(fault));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const { explanation, notes } = typed;
    create.mutate(
      {
        ...{ ticker: typed.ticker.trim().toUpperCase(), signalType: type, finalScore: Number(typed.score), draft },
        ...{ entryPrice: levels.entry, stopLoss: levels.stop, takeProfit: levels.target },
        ...(explanation.trim() && { explanation: explanation.trim() }),
        ...(notes.trim() && { notes: notes.trim() }),
      },
      { onSuccess: () => setTyped(NOTHING) },
    );
  }

  const field = (key: keyof Typed) => ({
    value: typed[key],
    onChange: (event: { target: { value: string } }) => {
      create.reset();
      setTyped({ ...typed, [key]: event.target.value });
    },
  });
  const level = { dir: 'ltr', inputMode: 'decimal', autoComplete: 'off', required: true } as const;
  return (
    <form className="form" onSubmit={submit}>
      <p className="lead small">{say(approves ? 'createLead' : 'createWaits')}</p>
      <Field
        label={t('ticker')}
        {...field('ticker')}
        dir="ltr"
        required
        maxLength={10}
        pattern="[A-Za-z0-9.\-]+"
        autoComplete="off"
      />
      <Choice
        label={t('type')}
        value={type}
        options={TYPES.map((each) => [each, t(each)])}
        onChange={(value) => setType(value as SignalType)}
      />
      <Field label={t('score')} {...field('score')} type="number" dir="ltr" min={0} max={100} step={1} required />
      <div className="levels">
        <Field label={t('entry')} {...field('entry')} {...level} />
        <Field label={t('stop')} {...field('stop')} {...level} aria-invalid={stopFault !== undefined} />
        <Field label={t('target')} {...field('target')} {...level} aria-invalid={targetFault !== undefined} />
      </div>
      <p className="outcome small down" role="status">
        {faults.map((fault) => say(fault)).join(' ')}
      </p>
      <p className="small" role="status">
        {t('rewardToRisk')}: <strong className="ltr">{number(ratio, 2, 2)}</strong>
      </p>
      <Field label={say('explanation')} {...field('explanation')} dir="auto" maxLength={5000} />
      <Field label={say('notes')} hint={say('notesHint')} {...field('notes')} dir="auto" maxLength={2000} />
      {approves && (
        <label className="check">
          <input type="checkbox" checked={draft} onChange={(event) => setDraft(event.target.checked)} />{' '}
          {say('asDraft')}
        </label>
      )}
      <button type="submit" className="button primary" disabled={ratio === null || create.isPending}>
        {say(draft ? 'saveDraft' : 'publish')}
      </button>
      {create.data && (
        <p className="outcome up" role="status">
          {say(create.data.approval === 'pending' ? 'waits' : 'published', { ticker: create.data.ticker })}
        </p>
      )}
      <Refused error={create.error} />
    </form>
  );
}
