import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Static } from 'typebox';
import type { PortfolioSettings } from '#products/kurzora/contract.ts';
import { get, send } from '../../app/api.ts';
import { Field } from '../../app/field.tsx';
import { money, number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { Refused } from './broken-rules.tsx';
import { say } from './texts.ts';

type Settings = Static<typeof PortfolioSettings>;
const LEVELS = ['low', 'medium', 'high'] as const;
const KEY = ['portfolio-settings'];

/** How orders of this account are sized, what they are held to, and the way back to the beginning. */
export function AccountSettings() {
  const settings = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get<Settings>('portfolio/settings', signal)).data,
  });
  return (
    <section className="part" aria-labelledby="paper-trading">
      <h2 id="paper-trading">{say('settings')}</h2>
      {settings.error ? (
        <FailureNotice what={t('notLoaded')} error={settings.error} retry={() => void settings.refetch()} />
      ) : settings.data ? (
        <>
          <SettingsForm settings={settings.data} />
          <Reset balance={settings.data.startingBalance} />
        </>
      ) : (
        <Skeleton rows={3} label={t('loading')} />
      )}
    </section>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const client = useQueryClient();
  const { limits } = settings;
  const change = useMutation({
    mutationFn: (next: Pick<Settings, 'riskPercentage' | 'riskLevel' | 'autoStopLoss'>) =>
      send<Settings>('PUT', 'portfolio/settings', next),
    onSuccess: (saved) => client.setQueryData(KEY, saved),
  });
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    change.mutate({
      riskPercentage: Number(given.get('risk')),
      riskLevel: String(given.get('level')),
      autoStopLoss: given.get('stop') === 'on',
    });
  }
  const percent = (name: string) => `${number(limits[name] ?? null)}%`;
  return (
    <form className="form" onSubmit={submit} onChange={() => change.reset()}>
      <Field
        label={say('riskPercentage')}
        hint={say('riskHint', { most: number(limits['riskPerTrade'] ?? null) })}
        name="risk"
        type="number"
        dir="ltr"
        inputMode="decimal"
        min={0.1}
        max={limits['riskPerTrade']}
        step={0.1}
        required
        defaultValue={settings.riskPercentage}
      />
      <label className="form-field">
        {say('riskLevel')}
        <select className="field-input" name="level" defaultValue={settings.riskLevel}>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {say(level)}
            </option>
          ))}
        </select>
      </label>
      <label className="tick small">
        <input type="checkbox" name="stop" defaultChecked={settings.autoStopLoss} />
        {say('autoStop')}
      </label>
      <p className="quiet small">
        {say('limits', {
          ...{ risk: percent('riskPerTrade'), position: percent('position'), sector: percent('sector') },
          total: percent('portfolioAtRisk'),
        })}
      </p>
      <button type="submit" className="button primary" disabled={change.isPending}>
        {t('save')}
      </button>
      {change.isSuccess && (
        <p className="small up" role="status">
          {say('saved')}
        </p>
      )}
      <Refused error={change.error} />
    </form>
  );
}

/** Everything is closed by it, so that it is asked for twice. */
function Reset({ balance }: { balance: number }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const reset = useMutation({
    mutationFn: () => send('POST', 'portfolio/reset'),
    onSuccess: () => setAsked(false),
    onSettled: () => client.invalidateQueries({ queryKey: ['trades'] }),
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape on either of its buttons
    <div className="reset" onKeyDown={(event) => event.key === 'Escape' && setAsked(false)}>
      <p className="quiet small">{say('resetWhy', { balance: money(balance) })}</p>
      {asked ? (
        <p className="buttons" role="alertdialog" aria-label={say('resetAsk')}>
          <span>{say('resetAsk')}</span>
          <button type="button" className="button danger" disabled={reset.isPending} onClick={() => reset.mutate()}>
            {say('resetSure')}
          </button>
          {/* biome-ignore lint/a11y/noAutofocus: the question has just been asked, and this is the answer that costs nothing */}
          <button type="button" className="button" autoFocus onClick={() => setAsked(false)}>
            {say('cancel')}
          </button>
        </p>
      ) : (
        <button type="button" className="button" onClick={() => setAsked(true)}>
          {say('reset')}
        </button>
      )}
      {reset.isSuccess && (
        <p className="small up" role="status">
          {say('resetDone')}
        </p>
      )}
      <Refused error={reset.error} />
    </div>
  );
}
