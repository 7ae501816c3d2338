import type { SignalSummary } from '#products/kurzora/contract.ts';
import { percent } from '../../app/format.ts';
import { t } from '../../app/language.ts';

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
      {tier}
    </span>
  );
}

export function Change({ value }: { value: number | null }) {
  const direction = value === null || value === 0 ? 'quiet' : value > 0 ? 'up' : 'down';
  return <span className={`ltr ${direction}`}>{percent(value)}</span>;
}
