import type { SignalDetail } from '#products/kurzora/contract.ts';
import { money, number, percent, price } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { say } from './texts.ts';

/** Entry, stop and target with why they stand where they stand, and what is at stake. */
export function TradePlan({ signal }: { signal: SignalDetail }) {
  const { currentPrice, entryPrice, stopLoss, takeProfit } = signal;
  const away = (level: number, from: number) => percent((level / from - 1) * 100);
  return (
    <>
      <LevelTrack signal={signal} />
      <table className="arithmetic plan">
        <caption className="hidden-visually">{t('levels')}</caption>
        <tbody>
          <Level
            name={t('target')}
            mark="target"
            value={takeProfit}
            away={away(takeProfit, entryPrice)}
            reason={say('timesRisk', { n: number(signal.riskRewardRatio) })}
          />
          <Level
            name={t('entry')}
            mark="entry"
            value={entryPrice}
            away={away(entryPrice, currentPrice)}
            reason={t('entryReason')}
          />
          <Level
            name={t('stop')}
            mark="stop"
            value={stopLoss}
            away={away(stopLoss, entryPrice)}
            reason={say(stopLoss < entryPrice ? 'below' : 'above', {
              percent: `${number(Math.abs(stopLoss / entryPrice - 1) * 100)}%`,
            })}
          />
        </tbody>
      </table>
      <dl className="stakes small">
        <Stake name={t('rewardToRisk')} value={number(signal.riskRewardRatio, 2, 2)} />
        <Stake
          name={t('position')}
          value={signal.positionSize === null ? null : t('sharesOf', { n: number(signal.positionSize, 0) })}
        />
        <Stake name={t('atRisk')} value={signal.riskAmount === null ? null : money(signal.riskAmount)} />
        <Stake name={t('toGain')} value={signal.rewardAmount === null ? null : money(signal.rewardAmount)} />
        <Stake name="ATR" value={signal.atr === null ? null : price(signal.atr)} />
      </dl>
    </>
  );
}

interface LevelProps {
  name: string;
  mark: string;
  value: number;
  away: string;
  reason: string | null;
}

function Level({ name, mark, value, away, reason }: LevelProps) {
  return (
    <tr>
      <th scope="row">
        <span className={`key level-${mark}`} aria-hidden="true" />
        {name}
        {reason && (
          <span className="meaning quiet">
            <bdi>{reason}</bdi>
          </span>
        )}
      </th>
      <td className="quiet">
        <span className="ltr">{away}</span>
      </td>
      <td>
        <span className="ltr">{price(value)}</span>
      </td>
    </tr>
  );
}

function Stake({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt className="quiet">{name}</dt>
      <dd>
        <span className="ltr">{value}</span>
      </dd>
    </div>
  );
}

/** Stop, entry, target and price on one line to scale, low to high from the left as on a chart's axis. */
function LevelTrack({ signal }: { signal: SignalDetail }) {
  const { stopLoss, entryPrice, takeProfit, currentPrice } = signal;
  const low = Math.min(stopLoss, takeProfit, currentPrice);
  const reach = Math.max(stopLoss, takeProfit, currentPrice) - low || 1;
  const at = (level: number) => 1 + ((level - low) / reach) * 98;
  const span = (a: number, b: number) => ({ x: Math.min(at(a), at(b)), width: Math.abs(at(a) - at(b)) });
  return (
    <svg className="level-track" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track-risk" {...span(stopLoss, entryPrice)} y="3" height="2" />
      <rect className="track-reward" {...span(entryPrice, takeProfit)} y="3" height="2" />
      <rect className="level-stop" x={at(stopLoss) - 0.4} width="0.8" height="8" />
      <rect className="level-entry" x={at(entryPrice) - 0.4} width="0.8" height="8" />
      <rect className="level-target" x={at(takeProfit) - 0.4} width="0.8" height="8" />
      <rect className="level-price" x={at(currentPrice) - 0.25} y="1.5" width="0.5" height="5" />
    </svg>
  );
}
