import { useState } from 'react';
import type { WatchlistItem } from '#products/kurzora/contract.ts';
import { price } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { Change, TypeLabel } from '../kurzora/signal-labels.tsx';
import { OneLine } from './one-line.tsx';
import { say } from './texts.ts';
import { useChangeWatchlists, useItems } from './watchlists.ts';

export function ItemsTable({ list, name }: { list: string; name: string }) {
  const items = useItems(list);
  if (items.error)
    return <FailureNotice what={t('notLoaded')} error={items.error} retry={() => void items.refetch()} />;
  if (!items.data) return <Skeleton rows={2} label={t('loading')} />;
  if (items.data.length === 0) return <p className="quiet small">{say('emptyList')}</p>;
  return (
    <table className="trades watched">
      <caption className="hidden-visually">{name}</caption>
      <thead>
        <tr>
          <th scope="col">{t('stock')}</th>
          <th scope="col">{t('price')}</th>
          <th scope="col">{t('day')}</th>
          <th scope="col">{say('signal')}</th>
          <th scope="col">{say('note')}</th>
          <th scope="col">
            <span className="hidden-visually">{t('clear')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.data.map((item) => (
          <ItemRow key={item.symbol} item={item} list={list} />
        ))}
      </tbody>
    </table>
  );
}

function ItemRow({ item, list }: { item: WatchlistItem; list: string }) {
  const change = useChangeWatchlists();
  const { symbol } = item;
  return (
    <tr>
      <th scope="row">
        <Link to={`/signals?q=${encodeURIComponent(symbol)}`}>{symbol}</Link>
        {item.companyName && (
          <span className="quiet small company">
            <bdi>{item.companyName}</bdi>
          </span>
        )}
      </th>
      <td data-name={t('price')}>
        {item.price === null ? (
          <span className="quiet">{say('noPrice')}</span>
        ) : (
          <span className="ltr">{price(item.price)}</span>
        )}
      </td>
      <td data-name={t('day')}>
        <Change value={item.changePercent} />
      </td>
      <td data-name={say('signal')}>
        {item.signal ? (
          <Link to={`/signals/${item.signal.id}`}>
            <TypeLabel type={item.signal.signalType as 'bullish'} />{' '}
            <span className="ltr">{item.signal.finalScore}</span>
          </Link>
        ) : (
          <span className="quiet">{say('noSignal')}</span>
        )}
      </td>
      <td data-name={say('note')} className="note-cell">
        <Note item={item} list={list} />
      </td>
      <td className="action">
        <button
          type="button"
          className="button plain"
          aria-label={say('removeTicker', { ticker: symbol })}
          disabled={change.isPending}
          onClick={() => change.mutate({ kind: 'remove', list, symbol })}
        >
          ×
        </button>
      </td>
    </tr>
  );
}

function Note({ item: { symbol, notes }, list }: { item: WatchlistItem; list: string }) {
  const change = useChangeWatchlists();
  const [editing, setEditing] = useState(false);
  if (!editing)
    return (
      <button
        type="button"
        className="note-button"
        aria-label={`${say('noteOf', { ticker: symbol })}${notes ? `: ${notes}` : ''}`}
        onClick={() => setEditing(true)}
      >
        {notes ? <bdi>{notes}</bdi> : <span className="quiet">{say('addNote')}</span>}
      </button>
    );
  return (
    <OneLine
      label={say('noteOf', { ticker: symbol })}
      button={t('save')}
      maxLength={2000}
      value={notes ?? ''}
      mayBeEmpty
      leave={() => setEditing(false)}
      enter={(text) => {
        change.mutate({ kind: 'note', list, symbol, notes: text || null });
        setEditing(false);
      }}
    />
  );
}
