import './labels.css';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { percent } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { say } from './texts.ts';

const TYPES = ['bullish', 'neutral', 'bearish'] as const;
const TYPE_MARKS = { bullish: '▲', neutral: '■', bearish: '▼' } as const;
export const typeChoices = () => TYPES.map((type): [string, string] => [type, t(type)]);

/** Shape, word and colour: none of them alone carries the meaning. */
export function TypeLabel({ type }: { type: SignalSummary['signalType'] }) {
  return (
    <span className={`type ${type}`}>
      <span aria-hidden="true">{TYPE_MARKS[type]}</span> {t(type)}
    </span>
  );
}

export function TierLabel({ tier }: { tier: SignalSummary['tier'] }) {
  if (!tier) return null;
  return (
    <span className="tier" data-tier={tier}>
      {say(tier)}
    </span>
  );
}

export function Change({ value }: { value: number | null }) {
  const direction = value === null || value === 0 ? 'quiet' : value > 0 ? 'up' : 'down';
  return <span className={`ltr ${direction}`}>{percent(value)}</span>;
}

/** Whether the stock's screen says compliant; null is unknown, and never the same as compliant. */
export function ShariahLabel({ compliant }: { compliant: boolean | null }) {
  const text = compliant === null ? 'shariahUnknown' : compliant ? 'shariahCompliant' : 'shariahNot';
  return (
    <span className="shariah" data-compliant={compliant ?? 'unknown'}>
      {say(text)}
    </span>
  );
}

/** The same in a list, where only the good news has room: a mark with a name. */
export function ShariahMark({ compliant }: { compliant: boolean | null }) {
  if (!compliant) return null;
  const name = say('shariahCompliant');
  return (
    <svg className="shariah-mark" viewBox="0 0 16 16" width="13" height="13" role="img" aria-label={name}>
      <title>{name}</title>
      <path d="M13.6 11.2A6.4 6.4 0 1 1 8.6 1.7a5.2 5.2 0 1 0 5 9.5z" />
    </svg>
  );
}
