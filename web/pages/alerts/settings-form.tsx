import { type FormEvent, useState } from 'react';
import { Field, type Outcome, OutcomeLine } from '../../app/field.tsx';
import { number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { explain } from '../../app/notice.tsx';
import { Check, Choice } from './check.tsx';
import { NeedsPlan } from './needs-plan.tsx';
import { PushDevice } from './push-device.tsx';
import { type AlertSettings, useChangeSettings } from './settings.ts';
import { TelegramChat } from './telegram-chat.tsx';
import { say } from './texts.ts';

interface SettingsFormProps {
  readonly settings: AlertSettings;
  readonly email: string;
  /** A chat is being connected elsewhere: ask for it from time to time. */
  readonly waitForChat: () => void;
}

/** Everything about alerts that a person decides; what the plan lacks is shown with the plan that has it. */
export function SettingsForm({ settings, email, waitForChat }: SettingsFormProps) {
  const change = useChangeSettings();
  const [outcome, setOutcome] = useState<Outcome>();
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const wanted = read(new FormData(event.currentTarget), settings);
    if (!wanted) {
      setOutcome({ kind: 'failed', text: say('quietBoth') });
      return;
    }
    change.mutateAsync(wanted).then(
      () => setOutcome({ kind: 'done', text: t('saved') }),
      (error) => setOutcome({ kind: 'failed', text: explain(error) }),
    );
  }
  const { allowed } = settings;
  return (
    <form className="alert-settings" onSubmit={submit} onChange={() => setOutcome(undefined)}>
      <What settings={settings} />
      <fieldset>
        <legend>{say('ways')}</legend>
        <Check
          label={say('email')}
          hint={<bdi>{say('emailTo', { email })}</bdi>}
          name="emailEnabled"
          defaultChecked={settings.emailEnabled}
        />
        <Choice label={say('digest')} name="digest" value={settings.digest} options={digests()} />
        <Choice
          label={say('summary')}
          name="portfolioSummary"
          value={settings.portfolioSummary}
          options={[
            ['never', say('never')],
            ['daily', say('daily')],
            ['weekly', say('weekly')],
          ]}
        />
        <Check
          // Connecting a chat switches it on at the server: drawn anew, or the next save would switch it off.
          key={`telegram ${settings.telegramEnabled}`}
          label={say('telegram')}
          hint={!allowed.telegram && <NeedsPlan />}
          name="telegramEnabled"
          disabled={!allowed.telegram}
          defaultChecked={settings.telegramEnabled && allowed.telegram}
        />
        <TelegramChat settings={settings} waitForChat={waitForChat} />
        <Check
          label={say('push')}
          hint={!allowed.push && <NeedsPlan />}
          name="pushEnabled"
          disabled={!allowed.push}
          defaultChecked={settings.pushEnabled && allowed.push}
        />
        {allowed.push && <PushDevice publicKey={settings.pushPublicKey} />}
      </fieldset>
      <When settings={settings} />
      <div className="tools">
        <button type="submit" className="button primary" disabled={change.isPending}>
          {say('save')}
        </button>
        <OutcomeLine outcome={outcome} />
      </div>
    </form>
  );
}

const digests = () =>
  [
    ['realtime', say('digestRealtime')],
    ['hourly', say('digestHourly')],
    ['daily', say('digestDaily')],
    ['weekly', say('digestWeekly')],
  ] as const;

function What({ settings: { minimumScore, dailyAlertLimit, tradeUpdates, allowed } }: { settings: AlertSettings }) {
  const { alertsPerDay: most } = allowed;
  return (
    <fieldset>
      <legend>{say('what')}</legend>
      <Field
        label={say('minimumScore')}
        hint={say('minimumScoreHint')}
        name="minimumScore"
        type="number"
        min={50}
        max={100}
        required
        defaultValue={Math.max(50, minimumScore)}
      />
      <Field
        label={say('dailyLimit')}
        hint={most === null ? say('dailyLimitFree') : say('dailyLimitPlan', { n: number(most, 0) })}
        name="dailyAlertLimit"
        type="number"
        min={0}
        max={most ?? 1000}
        defaultValue={dailyAlertLimit === null ? (most ?? '') : Math.min(dailyAlertLimit, most ?? dailyAlertLimit)}
      />
      <Check label={say('tradeUpdates')} name="tradeUpdates" defaultChecked={tradeUpdates} />
    </fieldset>
  );
}

function When({ settings }: { settings: AlertSettings }) {
  const zones = [...new Set([settings.timezone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
  return (
    <fieldset>
      <legend>{say('when')}</legend>
      <Check
        label={say('tradingHours')}
        hint={say('tradingHoursHint')}
        name="tradingHoursOnly"
        defaultChecked={settings.tradingHoursOnly}
      />
      <div className="pair">
        <Field
          label={say('quietFrom')}
          name="quietHoursStart"
          type="time"
          dir="ltr"
          defaultValue={settings.quietHoursStart ?? ''}
        />
        <Field
          label={say('quietTo')}
          name="quietHoursEnd"
          type="time"
          dir="ltr"
          defaultValue={settings.quietHoursEnd ?? ''}
        />
      </div>
      <p className="quiet small">{say('quietHint')}</p>
      <Choice
        label={say('timezone')}
        name="timezone"
        value={settings.timezone}
        options={zones.map((zone) => [zone, zone.replaceAll('_', ' ')])}
      />
    </fieldset>
  );
}

/** What the form says; null when only one end of the quiet hours is filled in. What the plan lacks is left as it was. */
function read(form: FormData, { allowed }: AlertSettings) {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const time = (name: string) => text(name).slice(0, 5) || null;
  const [start, end] = [time('quietHoursStart'), time('quietHoursEnd')];
  if ((start === null) !== (end === null)) return null;
  const limit = text('dailyAlertLimit');
  return {
    minimumScore: Number(text('minimumScore')),
    dailyAlertLimit: limit === '' ? null : Number(limit),
    emailEnabled: form.has('emailEnabled'),
    ...(allowed.telegram && { telegramEnabled: form.has('telegramEnabled') }),
    ...(allowed.push && { pushEnabled: form.has('pushEnabled') }),
    tradingHoursOnly: form.has('tradingHoursOnly'),
    quietHoursStart: start,
    quietHoursEnd: end,
    timezone: text('timezone'),
    digest: text('digest') as AlertSettings['digest'],
    tradeUpdates: form.has('tradeUpdates'),
    portfolioSummary: text('portfolioSummary') as AlertSettings['portfolioSummary'],
  };
}
