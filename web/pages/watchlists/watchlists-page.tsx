import type { FormEvent } from 'react';
import { Field } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { say } from './texts.ts';
import { useChangeWatchlists, useWatchlists, type Watchlist } from './watchlists.ts';

export function WatchlistsPage() {
  return <SignedIn title={t('watchlists')}>{({ userId }) => <Watchlists userId={userId} />}</SignedIn>;
}

function Watchlists({ userId }: { userId: string }) {
  const lists = useWatchlists();
  const change = useChangeWatchlists();
  if (lists.error)
    return <FailureNotice what={t('notLoaded')} error={lists.error} retry={() => void lists.refetch()} />;
  if (!lists.data) return <Skeleton rows={6} label={t('loading')} />;
  return (
    <>
      {lists.data.map((list) => (
        <List key={list.id} list={list} />
      ))}
      <OneLine
        label={say('newWatchlist')}
        button={t('add')}
        maxLength={100}
        enter={(name) => change.mutate({ kind: 'add-list', userId, name })}
      />
      <Refused error={change.error} />
    </>
  );
}

function List({ list }: { list: Watchlist }) {
  const change = useChangeWatchlists();
  return (
    <section className="part" aria-label={list.name}>
      <h2>
        <bdi>{list.name}</bdi>{' '}
        {!list.is_default && (
          <button
            type="button"
            className="button plain small"
            onClick={() => change.mutate({ kind: 'remove-list', id: list.id })}
          >
            {say('removeList')}
          </button>
        )}
      </h2>
      {list.watchlist_items.length === 0 && <p className="quiet small">{say('emptyList')}</p>}
      <ul className="tickers">
        {list.watchlist_items.map(({ id, ticker }) => (
          <li key={id}>
            <Link to={`/signals?q=${encodeURIComponent(ticker)}`}>{ticker}</Link>
            <button
              type="button"
              className="button plain"
              aria-label={say('removeTicker', { ticker })}
              onClick={() => change.mutate({ kind: 'remove', id })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <OneLine
        label={t('ticker')}
        button={t('add')}
        maxLength={10}
        pattern="[A-Za-z0-9.^\-]+"
        enter={(ticker) => change.mutate({ kind: 'add', list: list.id, ticker: ticker.toUpperCase() })}
      />
      <Refused error={change.error} />
    </section>
  );
}

interface OneLineProps {
  readonly label: string;
  readonly button: string;
  readonly maxLength: number;
  readonly pattern?: string;
  readonly enter: (text: string) => void;
}

function OneLine({ label, button, enter, ...limits }: OneLineProps) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text')).trim();
    if (text) enter(text);
    form.reset();
  }
  return (
    <form className="form one-line" onSubmit={submit}>
      <Field label={label} name="text" required {...limits} />
      <button type="submit" className="button">
        {button}
      </button>
    </form>
  );
}

/** Postgres' code for a value that is there already. */
const DUPLICATE = '23505';

function Refused({ error }: { error: (Error & { code?: string }) | null }) {
  if (!error) return null;
  return (
    <p className="small down" role="alert">
      {error.code === DUPLICATE ? say('alreadyThere') : error.message}
    </p>
  );
}
