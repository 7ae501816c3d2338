import { useEffect, useRef } from 'react';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { useSession } from '../../../app/session.ts';
import { sectorName } from '../../sectors/texts.ts';
import { typeChoices } from '../signal-labels.tsx';
import { isFiltered, type ListView, UNFILTERED, valuesOf } from './arrange.ts';
import { say } from './texts.ts';

const MIN_SCORES = [60, 70, 80, 85, 90];

interface SignalFiltersProps {
  signals: readonly SignalSummary[];
  view: ListView;
  change: (next: Partial<ListView>, options?: { replace: boolean }) => void;
  shown: number;
  total: number;
}

export function SignalFilters({ signals, view, change, shown, total }: SignalFiltersProps) {
  const session = useSession();
  const markets = valuesOf(signals, 'market');
  const scores =
    MIN_SCORES.includes(view.minScore) || view.minScore === 0 ? MIN_SCORES : [view.minScore, ...MIN_SCORES];
  return (
    <search className="filters">
      <SearchBox value={view.search} change={(search) => change({ search }, { replace: true })} />
      <Choice
        label={t('score')}
        value={view.minScore ? String(view.minScore) : ''}
        change={(value) => change({ minScore: Number(value) })}
        choices={[
          ['', t('any')],
          ...scores.map((score): [string, string] => [String(score), t('orMore', { n: score })]),
        ]}
      />
      <Choice
        label={t('type')}
        value={view.type}
        change={(type) => change({ type })}
        choices={[['', t('any')], ...typeChoices()]}
      />
      <Choice
        label={t('sector')}
        value={view.sector}
        change={(sector) => change({ sector })}
        choices={[
          ['', t('all')],
          ...valuesOf(signals, 'sector').map((each): [string, string] => [each, sectorName(each)]),
        ]}
      />
      {markets.length > 1 && (
        <Choice
          label={say('market')}
          value={view.market}
          change={(market) => change({ market })}
          choices={[['', t('all')], ...markets.map((each): [string, string] => [each, each.toUpperCase()])]}
        />
      )}
      <Choice
        label={say('shariah')}
        value={view.compliant ? 'compliant' : ''}
        change={(value) => change({ compliant: value !== '' })}
        choices={[
          ['', t('any')],
          ['compliant', say('compliantOnly')],
        ]}
      />
      {session.kind === 'in' && (
        <label className="choice tick">
          <input type="checkbox" checked={view.saved} onChange={({ target }) => change({ saved: target.checked })} />
          {say('saved')}
        </label>
      )}
      <output className="quiet small shown">
        <bdi>{t(isFiltered(view) ? 'countOf' : 'countAll', { n: number(shown, 0), total: number(total, 0) })}</bdi>
        {isFiltered(view) && (
          <button type="button" className="link" onClick={() => change(UNFILTERED)}>
            {t('clear')}
          </button>
        )}
      </output>
    </search>
  );
}

function SearchBox({ value, change }: { value: string; change: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focusOnSlash = (event: KeyboardEvent) => {
      const typing = event.target instanceof Element && event.target.closest('input, select, textarea');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focusOnSlash);
    return () => document.removeEventListener('keydown', focusOnSlash);
  }, []);
  return (
    <input
      ref={input}
      className="field"
      type="search"
      aria-label={t('searchLabel')}
      aria-keyshortcuts="/"
      placeholder={t('searchHint')}
      value={value}
      onChange={(event) => change(event.target.value)}
    />
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  choices: readonly (readonly [value: string, name: string])[];
  change: (value: string) => void;
}

/** The platform's own select: known to every screen reader and every phone. */
function Choice({ label, value, choices, change }: ChoiceProps) {
  return (
    <label className="choice">
      <span className="quiet">{label}</span>
      <select
        className="field"
        value={value}
        onChange={(event) => change(event.target.value)}
        data-active={value !== ''}
      >
        {choices.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
