import type { IChartApi, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import type { ChartBars } from '#products/kurzora/contract.ts';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 };

/** The bar a key leads to from `at`; undefined for a key that is not the chart's. */
export function barAfter(key: string, at: number, length: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  const step = STEPS[key];
  return step === undefined ? undefined : Math.min(length - 1, Math.max(0, at + step));
}

export interface Legend {
  /** Shows the figures of a bar. */
  readonly show: (at: number) => void;
  /** While the keys walk, the pointer that rests on the chart does not speak. */
  walking: boolean;
}

interface Walked {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly bars: ChartBars;
  readonly legend: Legend;
}

/** Walks the crosshair along the bars with the keys, and takes it away with Escape. Returns the undoing. */
export function followKeys(box: HTMLElement, { chart, candles, bars, legend }: Walked): () => void {
  const last = bars.time.length - 1;
  let at = last;
  const leave = () => {
    if (!legend.walking) return;
    chart.clearCrosshairPosition();
    legend.walking = false;
    at = last;
    legend.show(last);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave();
    const next = barAfter(event.key, at, bars.time.length);
    if (next === undefined) return;
    event.preventDefault();
    at = next;
    legend.walking = true;
    keepInView(chart, at);
    chart.setCrosshairPosition(bars.close[at]!, bars.time[at] as UTCTimestamp, candles);
    legend.show(at);
  };
  box.addEventListener('keydown', press);
  box.addEventListener('blur', leave);
  return () => {
    box.removeEventListener('keydown', press);
    box.removeEventListener('blur', leave);
  };
}

function keepInView(chart: IChartApi, at: number): void {
  const scale = chart.timeScale();
  const range = scale.getVisibleLogicalRange();
  if (!range || (at >= range.from && at <= range.to)) return;
  const shift = at < range.from ? at - range.from - 2 : at - range.to + 2;
  scale.setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
}
