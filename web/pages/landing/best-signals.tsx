import { useQuery } from '@tanstack/react-query';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { Change, TypeLabel } from '../kurzora/signal-labels.tsx';
import './best-signals.css';

export interface BestSignals {
  readonly signals: readonly SignalSummary[];
  /** How many the reader may see in all. */
  readonly total: number;
  /** How many there are beyond the reader's plan. */
  readonly hidden: number;
}

/** The best the reader may see; asked anew with the list, after every scan. */
export function useBestSignals(limit: number) {
  return useQuery({
    queryKey: ['signals', 'best', limit],
    queryFn: async ({ signal }): Promise<BestSignals> => {
      const { data, meta } = await get<SignalSummary[]>(`signals?limit=${limit}&sortBy=score&sortOrder=desc`, signal);
      return { signals: data, total: meta?.total ?? data.length, hidden: meta?.hiddenCount ?? 0 };
    },
    staleTime: 60_000,
  });
}

/** A line a signal: score, stock, kind, price and the three levels. */
export function BestSignalsTable({ signals, label }: { signals: readonly SignalSummary[]; label: string }) {
  return (
    <table className="best-signals">
      <caption className="hidden-visually">{label}</caption>
      <thead>
        <tr>
          <th scope="col">{t('score')}</th>
          <th scope="col" className="words">
            {t('stock')}
          </th>
          <th scope="col" className="words">
            {t('type')}
          </th>
          <th scope="col">{t('price')}</th>
          <th scope="col" className="day">
            {t('day')}
          </th>
          {(['entry', 'stop', 'target'] as const).map((level) => (
            <th key={level} scope="col" className="level">
              {t(level)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {signals.map((signal) => (
          <SignalLine key={signal.id} signal={signal} />
        ))}
      </tbody>
    </table>
  );
}

function SignalLine({ signal }: { signal: SignalSummary }) {
  return (
    <tr>
      <td className="best-score">
        <span className="ltr">{signal.finalScore}</span>
      </td>
      <th scope="row" className="words">
        <Link to={`/signals/${signal.id}`}>{signal.ticker}</Link>
        <span className="quiet small company">
          <bdi>{signal.companyName}</bdi>
        </span>
      </th>
      <td className="words">
        <TypeLabel type={signal.signalType} />
      </td>
      <td>
        <span className="ltr">{price(signal.currentPrice)}</span>
      </td>
      <td className="day">
        <Change value={signal.priceChangePercent} />
      </td>
      {[signal.entryPrice, signal.stopLoss, signal.takeProfit].map((level, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three levels, always the same three
        <td key={at} className="level">
          <span className="ltr">{price(level)}</span>
        </td>
      ))}
    </tr>
  );
}
