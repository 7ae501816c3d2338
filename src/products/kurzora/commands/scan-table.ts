import type { SkippedStock } from '../rules/score-stock.ts';
import type { SignalReport } from '../rules/signal-report.ts';
import type { ScanReport } from '../scan.ts';

const COLUMNS: readonly { title: string; right?: boolean; cell: (signal: SignalReport) => string }[] = [
  { title: 'Ticker', cell: ({ ticker }) => ticker },
  { title: 'Score', right: true, cell: ({ finalScore }) => String(finalScore) },
  { title: 'Class', cell: ({ signalStrength }) => String(signalStrength) },
  ...(['1H', '4H', '1D', '1W'] as const).map((timeframe) => ({
    title: timeframe,
    right: true,
    cell: ({ timeframeScores }: SignalReport) =>
      String((timeframeScores as Record<string, number | null>)[timeframe] ?? '–'),
  })),
  ...(['currentPrice', 'entryPrice', 'stopLoss', 'takeProfit'] as const).map((field) => ({
    title: { currentPrice: 'Price', entryPrice: 'Entry', stopLoss: 'Stop', takeProfit: 'Target' }[field],
    right: true,
    cell: (signal: SignalReport) => (signal[field] as number).toFixed(2),
  })),
  { title: 'R/R', right: true, cell: ({ riskRewardRatio }) => (riskRewardRatio as number).toFixed(2) },
  { title: 'Sector', cell: ({ sector }) => String(sector ?? '–') },
];

/** A scan for a person: what was looked at, the signals as a table, and what became of the rest. */
export function scanTable(report: ScanReport, skippedStocks: readonly SkippedStock[]): string {
  const { asOf, source, scanned, skipped, seconds, signals, stored } = report;
  const label = source === 'simulated' ? 'SIMULATED market data' : `${source} market data`;
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`);
  const lines = [
    `${signals.length} signals as of ${asOf} from ${scanned} stocks (${report.timeframeSet}, ${label}) in ${seconds} s`,
    ...(reasons.length > 0 ? [`without signal: ${reasons.join(', ')}`] : []),
    stored === null
      ? 'not stored'
      : stored.kind === 'stored'
        ? `stored: ${stored.inserted} new, ${stored.updated} updated, ${stored.closed} closed at stop or target, ${stored.expired} expired`
        : `not stored: a scan as of ${stored.by} was quicker`,
    ...(signals.length > 0 ? ['', ...table(signals)] : []),
    ...(skippedStocks.length > 0 ? ['', ...skippedStocks.map(({ ticker, detail }) => `${ticker}: ${detail}`)] : []),
  ];
  return lines.join('\n');
}

function table(signals: readonly SignalReport[]): string[] {
  const rows = [COLUMNS.map(({ title }) => title), ...signals.map((signal) => COLUMNS.map(({ cell }) => cell(signal)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (COLUMNS[column]!.right ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
