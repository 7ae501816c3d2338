import { useMemo } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { Notice } from '../../../app/notice.tsx';
import { navigate } from '../../../app/router.tsx';
import { useBookmarks } from '../bookmarks.ts';
import type { LoadedSignals } from '../queries.ts';
import { arrange, isFiltered, type ListView, ROWS_STEP, UNFILTERED, viewAddress } from './arrange.ts';
import { useHeldRows } from './held-rows.ts';
import { NoSignals } from './no-signals.tsx';
import { SignalFilters } from './signal-filters.tsx';
import { SignalTable } from './signal-table.tsx';
import { say } from './texts.ts';

interface SignalsListProps {
  readonly loaded: LoadedSignals;
  readonly view: ListView;
  readonly status?: ScannerStatus;
}

export function SignalsList({ loaded, view, status }: SignalsListProps) {
  const bookmarks = useBookmarks();
  const address = viewAddress({ ...view, rows: ROWS_STEP });
  // The same rows stay the same: drawing the table anew costs far more than a star.
  const chosen = view.saved ? bookmarks : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the view
  const arranged = useMemo(() => arrange(loaded.signals, view, chosen), [loaded.signals, address, chosen]);
  const { rows, waiting, marked, showNew } = useHeldRows(arranged, address);
  const drawn = useMemo(() => rows.slice(0, view.rows), [rows, view.rows]);
  const change = (next: Partial<ListView>, options?: { replace: boolean }) =>
    navigate(viewAddress({ ...view, rows: ROWS_STEP, ...next }), options);
  if (loaded.signals.length === 0 && loaded.hidden === 0) return <NoSignals status={status} />;
  return (
    <>
      <SignalFilters
        signals={loaded.signals}
        view={view}
        change={change}
        shown={arranged.length}
        total={loaded.total}
      />
      <NewSignals waiting={waiting} show={showNew} />
      {rows.length > 0 ? (
        <SignalTable
          signals={drawn}
          marked={marked}
          view={view}
          sortBy={(sort, order) => change({ sort, order }, { replace: true })}
        />
      ) : (
        loaded.signals.length > 0 && <NoMatch live={loaded.signals.length} />
      )}
      {rows.length > view.rows && (
        <Button className="button more" onPress={() => change({ rows: view.rows + ROWS_STEP }, { replace: true })}>
          {t('showMore', { n: Math.min(ROWS_STEP, rows.length - view.rows), total: number(rows.length, 0) })}
        </Button>
      )}
      <Remarks loaded={loaded} view={view} />
    </>
  );
}

function NoMatch({ live }: { live: number }) {
  return (
    <Notice
      title={t('noMatch')}
      action={
        <Button className="button" onPress={() => navigate(viewAddress({ ...BLANK }))}>
          {t('clearFilters')}
        </Button>
      }
    >
      <p>{t('signalsLive', { n: number(live, 0) })}</p>
    </Notice>
  );
}

const BLANK: ListView = { ...UNFILTERED, sort: 'score', order: 'descending', rows: ROWS_STEP };

/** Announces what came, and brings it in when asked: then focus goes to the first of it. */
function NewSignals({ waiting, show }: { waiting: number; show: () => void }) {
  return (
    <div className="new-signals" role="status">
      {waiting > 0 && (
        <>
          <span className="hidden-visually">{say('newSince', { n: number(waiting, 0) })}</span>
          <Button className="button primary" onPress={show}>
            {say('showNew', { n: number(waiting, 0) })}
          </Button>
        </>
      )}
    </div>
  );
}

/** What is not among the rows, and why. */
function Remarks({ loaded, view }: { loaded: LoadedSignals; view: ListView }) {
  const unknown = loaded.signals.filter(({ isShariahCompliant }) => isShariahCompliant === null).length;
  return (
    <>
      {loaded.hidden > 0 && (
        <p className="small">
          {say('hidden', { n: number(loaded.hidden, 0) })} <Link to="/pricing">{say('seePlans')}</Link>
        </p>
      )}
      {view.compliant && unknown > 0 && <p className="quiet small">{say('unknownFor', { n: number(unknown, 0) })}</p>}
      {loaded.total > loaded.signals.length && (
        <p className="quiet small">
          {say('bestLoaded', { n: number(loaded.signals.length, 0), total: number(loaded.total, 0) })}{' '}
          {isFiltered(view) && say('filteredAmong')}
        </p>
      )}
    </>
  );
}
