import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { SignalDetail } from '#products/kurzora/contract.ts';
import { gain, localTime, number, price } from '../../../app/format.ts';
import { Link } from '../../../app/link.tsx';
import { explain } from '../../../app/notice.tsx';
import { tone } from '../../portfolio/tone.ts';
import { useLiveTrades, useTradesOfSignal } from '../../portfolio/trades.ts';
import { useAddToWatchlist, useWatchlists } from '../../watchlists/watchlists.ts';
import { say } from './texts.ts';

/** What the reader did with this signal. Nothing where he did nothing. */
export function OwnTrades({ signal, userId }: { signal: SignalDetail; userId: string }) {
  useLiveTrades(userId);
  const { data: trades = [] } = useTradesOfSignal(signal.id);
  if (trades.length === 0) return null;
  return (
    <section className="own-trades" aria-label={say('yours')}>
      <h3 className="small">{say('yours')}</h3>
      <ul className="small">
        {trades.map((trade) => (
          <li key={trade.id}>
            <Link to={trade.is_open ? '/positions' : '/history'}>
              {say(trade.is_open ? 'openTrade' : 'closedTrade', {
                ...{ n: number(trade.quantity, 0), price: price(trade.entry_price), exit: price(trade.exit_price) },
              })}
            </Link>{' '}
            <span className={`ltr ${tone(trade.profit_loss) ?? ''}`}>{gain(trade.profit_loss)}</span>{' '}
            <time className="quiet" dateTime={trade.opened_at}>
              {localTime(trade.closed_at ?? trade.opened_at)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Puts the stock on the default watchlist; says so where it is on one. */
export function WatchButton({ ticker }: { ticker: string }) {
  const lists = useWatchlists();
  const add = useAddToWatchlist();
  const [asked, setAsked] = useState(false);
  if (!lists.data) return null;
  const holding = lists.data.find((list) => list.watchlist_items.some((item) => item.ticker === ticker));
  const target = lists.data[0];
  if (holding)
    return (
      <span className="small quiet" role={asked ? 'status' : undefined}>
        {say('watching', { ticker, list: holding.name })}
      </span>
    );
  if (!target) return null;
  return (
    <>
      <Button
        className="button"
        isDisabled={add.isPending}
        onPress={() => {
          setAsked(true);
          add.mutate({ list: target.id, symbol: ticker });
        }}
      >
        {say('watch')}
      </Button>
      {add.error && (
        <span className="small down" role="alert">
          {explain(add.error)}
        </span>
      )}
    </>
  );
}
