import './settings.css';
import { useState } from 'react';
import { localTime } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { Refused } from '../deed-parts.tsx';
import { type Me, may } from '../staff.ts';
import { MaintenanceSwitch } from './maintenance-switch.tsx';
import { Phases } from './phases.tsx';
import { editorOf, sameJson } from './setting-editor.ts';
import { type Setting, useChangeSetting, useSettings } from './settings.ts';
import { describe, nameOf, say } from './texts.ts';
import { shown, ValueEditor } from './value-editor.tsx';

/** These have forms of their own. */
const ELSEWHERE = ['platform_status', 'maintenance_message', 'active_phase'];

export function SettingsList({ me }: { me: Me }) {
  const settings = useSettings();
  if (settings.error)
    return <FailureNotice what={t('notLoaded')} error={settings.error} retry={() => void settings.refetch()} />;
  if (!settings.data) return <Skeleton rows={10} label={t('loading')} />;
  const { data } = settings.data;
  const changeable = may(me, 'system', 'update');
  const categories = [...new Set(data.map(({ category }) => category))];
  return (
    <>
      {!changeable && <p className="lead small">{say('readOnly')}</p>}
      <MaintenanceSwitch settings={data} changeable={changeable} />
      <Phases changeable={changeable} />
      {categories.map((category) => (
        <section key={category} className="part" aria-labelledby={`settings-${category}`}>
          <h2 id={`settings-${category}`}>{nameOf(category)}</h2>
          <ul className="settings">
            {data
              .filter((setting) => setting.category === category && !ELSEWHERE.includes(setting.key))
              .map((setting) => (
                <SettingRow key={setting.key} setting={setting} changeable={changeable} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function SettingRow({ setting, changeable }: { setting: Setting; changeable: boolean }) {
  const change = useChangeSetting();
  // Undefined: what is typed is no value yet.
  const [draft, setDraft] = useState<unknown>(setting.value);
  const [typed, setTyped] = useState(0);
  const editor = editorOf(setting.shape, setting.value);
  const name = nameOf(setting.key);
  const changed = !sameJson(draft, setting.value);
  function undo(): void {
    setDraft(setting.value);
    setTyped(typed + 1);
  }
  return (
    <li className="setting" data-changed={changed}>
      <div className="setting-name">
        <span id={`name-${setting.key}`}>{name}</span>
        <span className="small quiet" id={`about-${setting.key}`}>
          {describe(setting)}
        </span>
        <span className="small quiet">
          <code className="ltr">{setting.key}</code>
          {setting.updatedBy &&
            ` · ${say('changedBy', { who: setting.updatedBy.name, at: localTime(setting.updatedAt) })}`}
        </span>
      </div>
      <form
        className="setting-value"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ key: setting.key, value: draft });
        }}
      >
        {changeable ? (
          <ValueEditor
            key={typed}
            id={setting.key}
            editor={editor}
            value={setting.value}
            draft={draft}
            onChange={(value) => {
              setDraft(value);
              change.reset();
            }}
          />
        ) : (
          <span>{shown(setting.value)}</span>
        )}
        {changed && (
          <>
            <button
              type="submit"
              className="button primary"
              aria-label={`${t('save')}: ${name}`}
              disabled={draft === undefined || change.isPending}
            >
              {t('save')}
            </button>
            <button type="button" className="button" aria-label={`${say('undo')}: ${name}`} onClick={undo}>
              {say('undo')}
            </button>
          </>
        )}
        {change.isSuccess && !changed && (
          <span className="small up" role="status">
            {t('saved')}
          </span>
        )}
        <Refused error={change.error} />
      </form>
    </li>
  );
}
