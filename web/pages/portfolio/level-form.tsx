import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Field } from '../../app/field.tsx';
import { price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Refused } from './broken-rules.tsx';
import { say } from './texts.ts';
import { type PaperTrade, useChangeLevels } from './trades.ts';

/** A price as somebody types it: a point or a comma; nothing is no level. */
function levelIn(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** Stop and target of an open trade, and the form that moves them. Escape leaves it; focus goes back to the button. */
export function Levels({ trade }: { trade: PaperTrade }) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !editing) button.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  if (editing) return <LevelForm trade={trade} done={() => setEditing(false)} />;
  const text = (level: number | null) => (level === null ? say('noLevel') : price(level));
  return (
    <span className="levels">
      <span>
        <span className="ltr">{text(trade.stop_loss)}</span> <span className="quiet">/</span>{' '}
        <span className="ltr">{text(trade.take_profit)}</span>
      </span>
      <Button
        ref={button}
        className="button plain small"
        aria-label={say('editLevelsOf', { ticker: trade.ticker })}
        onPress={() => setEditing(true)}
      >
        {say('editLevels')}
      </Button>
    </span>
  );
}

function LevelForm({ trade, done }: { trade: PaperTrade; done: () => void }) {
  const change = useChangeLevels(trade.id);
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const [stopLoss, takeProfit] = ['stop', 'target'].map((name) => levelIn(String(given.get(name))));
    change.mutate({ stopLoss: stopLoss!, takeProfit: takeProfit! }, { onSuccess: done });
  }
  const level = (name: 'stop' | 'target', value: number | null) => (
    <Field
      label={t(name)}
      name={name}
      dir="ltr"
      inputMode="decimal"
      pattern="\s*\d*([.,]\d+)?\s*"
      autoComplete="off"
      autoFocus={name === 'stop'}
      defaultValue={value ?? ''}
    />
  );
  return (
    <form
      className="level-form"
      aria-label={say('editLevelsOf', { ticker: trade.ticker })}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && done()}
    >
      {level('stop', trade.stop_loss)}
      {level('target', trade.take_profit)}
      <span className="buttons">
        <button type="submit" className="button primary" disabled={change.isPending}>
          {t('save')}
        </button>
        <Button className="button" onPress={done}>
          {say('cancel')}
        </Button>
      </span>
      <Refused error={change.error} />
    </form>
  );
}
