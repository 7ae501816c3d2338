import './watchlists.css';
import { useState } from 'react';
import { t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { ItemsTable } from './items-table.tsx';
import { OneLine, Refused } from './one-line.tsx';
import { say } from './texts.ts';
import { useChangeWatchlists, useWatchlists, type Watchlist } from './watchlists.ts';

export function WatchlistsPage() {
  return <SignedIn title={t('watchlists')}>{() => <Watchlists />}</SignedIn>;
}

function Watchlists() {
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
        enter={(name) => change.mutate({ kind: 'add-list', name })}
      />
      <Refused error={change.error} conflict="listExists" />
    </>
  );
}

function List({ list }: { list: Watchlist }) {
  const change = useChangeWatchlists();
  return (
    <section className="part" aria-label={list.name}>
      <Heading list={list} />
      <ItemsTable list={list.id} name={list.name} />
      <OneLine
        label={t('ticker')}
        button={t('add')}
        maxLength={10}
        pattern="[A-Za-z0-9.^\-]+"
        enter={(ticker) => change.mutate({ kind: 'add', list: list.id, symbol: ticker.toUpperCase() })}
      />
      <Refused error={change.error} conflict="alreadyThere" />
    </section>
  );
}

/** The list's name and what can be done to the list; the default one can be renamed only. */
function Heading({ list }: { list: Watchlist }) {
  const change = useChangeWatchlists();
  const [doing, setDoing] = useState<'rename' | 'remove' | null>(null);
  if (doing === 'rename')
    return (
      <OneLine
        label={say('renameList', { name: list.name })}
        button={t('save')}
        maxLength={100}
        value={list.name}
        leave={() => setDoing(null)}
        enter={(name) => {
          change.mutate({ kind: 'rename', list: list.id, name });
          setDoing(null);
        }}
      />
    );
  const sure = doing === 'remove';
  return (
    <>
      <div className="list-heading">
        <h2>
          <bdi>{list.name}</bdi> {list.is_default && <span className="quiet small">{say('isDefault')}</span>}
        </h2>
        <button
          type="button"
          className="button plain"
          aria-label={say('renameList', { name: list.name })}
          onClick={() => setDoing('rename')}
        >
          {say('rename')}
        </button>
        {!list.is_default && (
          <>
            <button
              type="button"
              className="button plain"
              onClick={() => change.mutate({ kind: 'make-default', list: list.id })}
            >
              {say('makeDefault')}
            </button>
            <button
              type="button"
              className={sure ? 'button primary' : 'button plain'}
              onBlur={() => setDoing(null)}
              onKeyDown={(event) => event.key === 'Escape' && setDoing(null)}
              onClick={() => (sure ? change.mutate({ kind: 'remove-list', list: list.id }) : setDoing('remove'))}
            >
              {sure ? say('removeListSure', { name: list.name }) : say('removeList')}
            </button>
          </>
        )}
      </div>
      <Refused error={change.error} conflict="listExists" />
    </>
  );
}
