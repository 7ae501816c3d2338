import { useState } from 'react';
import type { ActivityEntry } from '#products/kurzora/contract.ts';
import { gain, localTime, number, price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { EXIT_REASON_NAMES } from '../portfolio/exit-reasons.ts';
import { tone } from '../portfolio/tone.ts';
import { useActivity } from './queries.ts';
import { say } from './texts.ts';

const STEP = 8;
/** As many as the server gives at once. */
const MOST = 100;

const SENTENCES = {
  trade_opened: 'did_trade_opened',
  trade_closed: 'did_trade_closed',
  signal_bookmarked: 'did_signal_bookmarked',
} as const;

/** What the person did and what the market did to his trades, newest first. */
export function Activity() {
  const [limit, setLimit] = useState(STEP);
  const activity = useActivity(limit);
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-activity">
      <h2 id="dashboard-activity">{say('activity')}</h2>
      {activity.error && !activity.data ? (
        <FailureNotice what={t('notLoaded')} error={activity.error} retry={() => void activity.refetch()} />
      ) : !activity.data ? (
        <Skeleton rows={4} label={t('loading')} />
      ) : activity.data.entries.length === 0 ? (
        <p className="quiet">{say('noActivity')}</p>
      ) : (
        <ol className="lines">
          {activity.data.entries.map((entry) => (
            <Entry key={`${entry.type} ${entry.tradeId ?? entry.signalId} ${entry.at}`} entry={entry} />
          ))}
        </ol>
      )}
      {activity.data && activity.data.total > limit && limit < MOST && (
        <button type="button" className="button" onClick={() => setLimit(Math.min(MOST, limit + 2 * STEP))}>
          {say('showMore')}
        </button>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: ActivityEntry }) {
  const sentence = SENTENCES[entry.type as keyof typeof SENTENCES];
  if (!sentence) return null;
  const text = say(sentence, {
    ticker: entry.ticker,
    quantity: number(entry.quantity, 0),
    price: price(entry.price),
  });
  const reason = EXIT_REASON_NAMES[entry.reason ?? ''];
  return (
    <li>
      <p className="line-title">{entry.signalId ? <Link to={`/signals/${entry.signalId}`}>{text}</Link> : text}</p>
      <p className="line-foot small quiet">
        <time dateTime={entry.at}>{localTime(entry.at)}</time>
        {reason && <span>{t(reason)}</span>}
        {entry.profitLoss !== null && (
          <span className={`ltr ${tone(entry.profitLoss) ?? ''}`}>{gain(entry.profitLoss)}</span>
        )}
      </p>
    </li>
  );
}
