import { useCallback, useRef, useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components/Table';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { useNow } from '../../../app/clock.ts';
import { marketTime, number, price, span } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { takeLeftPage } from '../../../app/router.tsx';
import { useSession } from '../../../app/session.ts';
import { sectorName } from '../../sectors/texts.ts';
import { BookmarkButton } from '../bookmark-button.tsx';
import { Change, ShariahMark, TierLabel, TypeLabel } from '../signal-labels.tsx';
import { TimeframeStrip } from '../timeframe-strip.tsx';
import type { ListView, SortColumn } from './arrange.ts';
import { say } from './texts.ts';
// After the parts whose looks it changes.
import './signal-table-narrow.css';

interface SignalTableProps {
  signals: readonly SignalSummary[];
  /** Ids of what has just come in. */
  marked: ReadonlySet<string>;
  view: ListView;
  sortBy: (column: SortColumn, order: ListView['order']) => void;
}

/** One tab stop: arrows move inside, Enter opens the signal, Enter on a heading sorts. On a phone each row stacks. */
export function SignalTable({ signals, marked, view, sortBy }: SignalTableProps) {
  const focusOpened = useFocusOnReturn(signals.find(({ id }) => marked.has(id))?.id);
  return (
    <Table
      aria-label={t('liveSignals')}
      className="signal-table"
      sortDescriptor={{ column: view.sort, direction: view.order }}
      onSortChange={(next) => sortBy(next.column as SortColumn, firstDirection(next.column, view) ?? next.direction)}
    >
      <TableHeader>
        <SortableColumn id="score" name={t('score')} />
        <SortableColumn id="ticker" name={t('ticker')} isRowHeader />
        <SortableColumn id="type" name={t('type')} />
        <Column id="strip" className="column">
          {say('timeframeScores')}
        </Column>
        <SortableColumn id="price" name={t('price')} numeric />
        <SortableColumn id="change" name={t('day')} numeric />
        <Column id="entry" className="column numeric">
          {t('entry')}
        </Column>
        <Column id="stop" className="column numeric">
          {t('stop')}
        </Column>
        <Column id="target" className="column numeric">
          {t('target')}
        </Column>
        <SortableColumn id="ratio" name={say('ratio')} numeric />
        <SortableColumn id="age" name={t('age')} numeric />
        <Column id="expires" className="column numeric">
          {say('expiresIn')}
        </Column>
      </TableHeader>
      <TableBody items={signals} dependencies={[signals, marked]}>
        {(signal) => <SignalRow signal={signal} fresh={marked.has(signal.id)} focusOpened={focusOpened} />}
      </TableBody>
    </Table>
  );
}

/** A column of numbers is most useful from the top, so its first sort is descending; names begin at A. */
function firstDirection(column: unknown, view: ListView): ListView['order'] | undefined {
  if (column === view.sort) return undefined;
  return column === 'ticker' ? 'ascending' : 'descending';
}

function SortableColumn(props: { id: SortColumn; name: string; numeric?: boolean; isRowHeader?: boolean }) {
  return (
    <Column
      id={props.id}
      allowsSorting
      isRowHeader={props.isRowHeader}
      className={props.numeric ? 'column numeric' : 'column'}
    >
      {({ sortDirection }) => (
        <span className="sort-label">
          {props.name}
          <span className="sort-mark" aria-hidden="true">
            {sortDirection === 'ascending' ? '↑' : sortDirection === 'descending' ? '↓' : ''}
          </span>
        </span>
      )}
    </Column>
  );
}

/**
 * Takes the element of each row as it comes, and focuses once that of the signal whose page was left for this list, and that of the
 * first signal which the reader has just asked for (`asked`, its id).
 */
function useFocusOnReturn(asked: string | undefined): (row: HTMLElement | null) => void {
  const [left] = useState(takeLeftPage);
  const waiting = useRef(left);
  const known = useRef<string>(undefined);
  if (known.current !== asked) {
    known.current = asked;
    if (asked) waiting.current = `/signals/${asked}`;
  }
  return useCallback((row) => {
    if (!row || waiting.current !== `/signals/${row.dataset['key']}`) return;
    waiting.current = null;
    row.focus();
  }, []);
}

interface SignalRowProps {
  signal: SignalSummary;
  fresh: boolean;
  focusOpened: (row: HTMLElement | null) => void;
}

function SignalRow({ signal, fresh, focusOpened }: SignalRowProps) {
  const signedIn = useSession().kind === 'in';
  return (
    <Row
      ref={focusOpened}
      id={signal.id}
      href={`/signals/${signal.id}`}
      className="signal-row"
      textValue={signal.ticker}
    >
      <Cell className="cell-score">
        <span className="score ltr">{signal.finalScore}</span> <TierLabel tier={signal.tier} />
      </Cell>
      <Cell className="cell-name">
        <span className="ticker ltr">{signal.ticker}</span> <ShariahMark compliant={signal.isShariahCompliant} />
        {signedIn && <BookmarkButton id={signal.id} label={say('saveSignal', { ticker: signal.ticker })} />}
        {fresh && <span className="fresh">{say('fresh')}</span>}{' '}
        <span className="company quiet" dir="auto" title={signal.sector ? sectorName(signal.sector) : undefined}>
          {signal.companyName}
        </span>
      </Cell>
      <Cell className="cell-type">
        <TypeLabel type={signal.signalType} />
      </Cell>
      <Cell className="cell-strip">
        <TimeframeStrip scores={signal.timeframeScores} />
      </Cell>
      <Cell className="cell-price numeric">
        <span className="ltr">{price(signal.currentPrice)}</span>
      </Cell>
      <Cell className="cell-change numeric">
        <Change value={signal.priceChangePercent} />
      </Cell>
      <LevelCell name={t('entry')} className="cell-entry" value={price(signal.entryPrice)} />
      <LevelCell name={t('stop')} className="cell-stop" value={price(signal.stopLoss)} />
      <LevelCell name={t('target')} className="cell-target" value={price(signal.takeProfit)} />
      <LevelCell name={say('ratio')} className="cell-ratio" value={number(signal.riskRewardRatio, 2, 2)} />
      <Cell className="cell-age numeric">
        <Age since={signal.createdAt} />
      </Cell>
      <Cell className="cell-expires numeric quiet">
        <Expiry at={signal.expiresAt} />
      </Cell>
    </Row>
  );
}

/** The name shows only where the column heading does not: in the stacked row of a phone. */
function LevelCell({ name, value, className }: { name: string; value: string; className: string }) {
  return (
    <Cell className={`${className} numeric`}>
      <span className="cell-label quiet" aria-hidden="true">
        {name}{' '}
      </span>
      <span className="ltr">{value}</span>
    </Cell>
  );
}

function Age({ since }: { since: string }) {
  const now = useNow();
  return (
    <time dateTime={since} title={marketTime(since)}>
      {span(now - new Date(since).getTime())}
    </time>
  );
}

function Expiry({ at }: { at: string | null }) {
  const now = useNow();
  if (!at) return '–';
  const left = new Date(at).getTime() - now;
  return (
    <time dateTime={at} title={marketTime(at)}>
      {left <= 0 ? (
        t('reasonExpired')
      ) : (
        <>
          <span className="cell-label">{t('timeLeft', { span: span(left) })}</span>
          <span className="wide-only">{span(left)}</span>
        </>
      )}
    </time>
  );
}
