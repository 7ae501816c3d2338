import { useCallback, useRef, useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components/Table';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { useNow } from '../../app/clock.ts';
import { marketTime, number, price, span } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { takeLeftPage } from '../../app/router.tsx';
import { Change, TierLabel, TypeLabel } from './signal-labels.tsx';
import type { ListView, SortColumn } from './signal-list.ts';
import { TimeframeStrip } from './timeframe-strip.tsx';

interface SignalTableProps {
  signals: readonly SignalSummary[];
  view: ListView;
  sortBy: (column: SortColumn, order: ListView['order']) => void;
}

/** One tab stop: arrows move inside, Enter opens the signal, Enter on a heading sorts. On a phone each row stacks. */
export function SignalTable({ signals, view, sortBy }: SignalTableProps) {
  const focusOpened = useFocusOnReturn();
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
          Timeframe scores
        </Column>
        <SortableColumn id="price" name={t('price')} numeric />
        <SortableColumn id="change" name={t('day')} numeric />
        <Column id="entry" className="column numeric">
          Entry
        </Column>
        <Column id="stop" className="column numeric">
          Stop
        </Column>
        <Column id="target" className="column numeric">
          Target
        </Column>
        <SortableColumn id="ratio" name="R/R" numeric />
        <SortableColumn id="age" name={t('age')} numeric />
        <Column id="expires" className="column numeric">
          Expires in
        </Column>
      </TableHeader>
      <TableBody items={signals} dependencies={[signals]}>
        {(signal) => <SignalRow signal={signal} focusOpened={focusOpened} />}
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

/** Takes the element of each row as it comes, and focuses that of the signal whose page was left for this list, once. */
function useFocusOnReturn(): (row: HTMLElement | null) => void {
  const [left] = useState(takeLeftPage);
  const waiting = useRef(left);
  return useCallback((row) => {
    if (!row || waiting.current !== `/signals/${row.dataset['key']}`) return;
    waiting.current = null;
    row.focus();
  }, []);
}

interface SignalRowProps {
  signal: SignalSummary;
  focusOpened: (row: HTMLElement | null) => void;
}

function SignalRow({ signal, focusOpened }: SignalRowProps) {
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
        <span className="ticker ltr">{signal.ticker}</span>{' '}
        <span className="company quiet" title={signal.sector ?? undefined}>
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
      <LevelCell name="R/R" className="cell-ratio" value={number(signal.riskRewardRatio, 2, 2)} />
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
