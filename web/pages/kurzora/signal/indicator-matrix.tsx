import type { SignalDetail, SignalIndicator } from '#products/kurzora/contract.ts';
import { number, signed } from '../../../app/format.ts';
import { BASE_POINTS, type MatrixColumn, matrixOf } from './score-arithmetic.ts';
import { say } from './texts.ts';

interface Display {
  readonly name: string;
  readonly note: string;
  readonly unit?: string;
}

const displays = (): Readonly<Record<string, Display>> => ({
  RSI: { name: 'RSI', note: '14' },
  MACD: { name: 'MACD', note: '12, 26' },
  Bollinger: { name: 'Bollinger %B', note: '20, 2σ' },
  Volume: { name: say('Volume'), note: say('volumeNote'), unit: '×' },
  Stochastic: { name: 'Stochastic %K', note: '14' },
  Williams_R: { name: 'Williams %R', note: '14' },
  SUPPORT_RESISTANCE: { name: say('SUPPORT_RESISTANCE'), note: say('nearness') },
});

/** Indicator by timeframe: the value as it was read, the points as they were scored, and columns that add up. */
export function IndicatorMatrix({ signal }: { signal: SignalDetail }) {
  const { rows, columns, divergence } = matrixOf(signal);
  const display = displays();
  const order = Object.keys(display);
  const inOrder = rows.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  return (
    <div className="matrix-scroll">
      <table className="matrix">
        <caption className="hidden-visually">{say('matrixCaption', { base: BASE_POINTS })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('indicatorHead')}</th>
            {columns.map(({ timeframe }) => (
              <th key={timeframe} scope="col">
                <span className="ltr">{timeframe}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <TotalRow name={say('base')} columns={columns} value={() => String(BASE_POINTS)} />
          {inOrder.map((row) => (
            <tr key={row}>
              <th scope="row">
                {display[row]?.name ?? row} <span className="quiet note">{display[row]?.note}</span>
              </th>
              {columns.map((column) => (
                <IndicatorCell key={column.timeframe} indicator={column.cells.get(row)} unit={display[row]?.unit} />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <TotalRow name={say('sum')} columns={columns} value={(column) => number(column.sum, 4)} part="sum" />
          <TotalRow
            name={say('score')}
            columns={columns}
            value={(column) => (column.stored === null ? say('noScore') : String(column.stored))}
            part="score"
          />
        </tfoot>
      </table>
      <p className="quiet small">
        {divergence && `${divergenceSentence(divergence)} `}
        {say('held', { engine: signal.engine })}
      </p>
    </div>
  );
}

function divergenceSentence({ timeframe, scoreContribution }: SignalIndicator): string {
  const points = number(Math.abs(scoreContribution));
  return say(scoreContribution < 0 ? 'divergenceTakes' : 'divergenceAdds', { timeframe, points });
}

interface TotalRowProps {
  name: string;
  columns: readonly MatrixColumn[];
  value: (column: MatrixColumn) => string;
  part?: 'sum' | 'score';
}

function TotalRow({ name, columns, value, part }: TotalRowProps) {
  return (
    <tr className={`total total-${part ?? 'base'}`}>
      <th scope="row">{name}</th>
      {columns.map((column) => (
        <td key={column.timeframe}>
          <span className="points ltr" data-timeframe={column.timeframe} data-part={part}>
            {value(column)}
          </span>
        </td>
      ))}
    </tr>
  );
}

function IndicatorCell({ indicator, unit = '' }: { indicator?: SignalIndicator; unit?: string }) {
  const points = indicator?.scoreContribution ?? 0;
  const direction = points > 0 ? 'up' : points < 0 ? 'down' : 'quiet';
  const raw = indicator?.rawValue ?? null;
  return (
    <td>
      <span className="raw quiet ltr">
        {number(raw, 4)}
        {raw === null ? '' : unit}
      </span>{' '}
      <span className={`points ltr ${direction}`} data-timeframe={indicator?.timeframe} data-part="points">
        {signed(points, 4)}
      </span>
    </td>
  );
}
