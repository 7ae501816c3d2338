import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  createTextWatermark,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineStyle,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { useEffect, useRef, useState } from 'react';
import type { ChartBars, SignalDetail } from '#products/kurzora/contract.ts';
import { number, percent, price } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { onThemeChange } from '../../../app/theme.ts';
import { followKeys, type Legend } from './chart-keys.ts';
import { hasEnded, lastKnownBar } from './chart-span.ts';
import { timeLabels } from './chart-time.ts';
import { say } from './texts.ts';

/** A candle narrower than this is a line. */
const LEAST_BAR_PIXELS = 6;
const MOST_VISIBLE_BARS = 120;
/** Opacity of what nobody could know when the signal was made. */
const PALE = '66';

interface PriceChartProps {
  readonly bars: ChartBars;
  readonly signal: SignalDetail;
  /** The picture in one sentence. */
  readonly label: string;
}

/** Candles with volume, and the signal's three levels as labelled lines that are always in view. The legend is read out to whoever walks along it by keys. */
export default function PriceChart({ bars, signal, label }: PriceChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    if (!box.current || !legend.current) return;
    let chart = drawChart(box.current, legend.current, bars, signal);
    const redraw = () => {
      if (!box.current || !legend.current) return;
      chart.remove();
      chart = drawChart(box.current, legend.current, bars, signal);
    };
    const forgetTheme = onThemeChange(redraw);
    return () => {
      forgetTheme();
      chart.remove();
    };
  }, [bars, signal]);
  return (
    <>
      <div className="chart-legend small" ref={legend} aria-live={focused ? 'polite' : 'off'} />
      <div
        className="chart-canvas"
        ref={box}
        role="img"
        aria-label={label}
        aria-description={say('chartKeys')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys walk along its bars
        tabIndex={0}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
      />
    </>
  );
}

function drawChart(
  box: HTMLElement,
  legend: HTMLElement,
  bars: ChartBars,
  signal: SignalDetail,
): Pick<IChartApi, 'remove'> {
  const colours = readColours(box);
  const labels = timeLabels(bars.timeframe);
  const chart = createChart(box, {
    autoSize: true,
    layout: {
      background: { color: colours('--surface') },
      textColor: colours('--ink-2'),
      fontFamily: getComputedStyle(box).fontFamily,
      fontSize: 11,
      // Named in the caption under the chart instead: the logo would be covered by the volume.
      attributionLogo: false,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colours('--line') } },
    rightPriceScale: { borderColor: colours('--line'), scaleMargins: { top: 0.08, bottom: 0.24 } },
    timeScale: {
      borderColor: colours('--line'),
      rightOffset: 6,
      timeVisible: labels.intraday,
      tickMarkFormatter: labels.tick,
    },
    crosshair: {
      mode: 0,
      vertLine: { labelBackgroundColor: colours('--ink-2') },
      horzLine: { labelBackgroundColor: colours('--ink-2') },
    },
    localization: { timeFormatter: labels.full, priceFormatter: price },
    // Without this a page on a phone cannot be scrolled past its chart.
    handleScroll: { vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
  const known = hasEnded(signal) ? lastKnownBar(bars, signal.asOf) : bars.time.length - 1;
  addVolume(chart, bars, colours, known);
  const candles = addCandles(chart, bars, signal, colours, known);
  addLevels(candles, signal, colours);
  if (hasEnded(signal) && known >= 0) markMoment(candles, bars.time[known]!, colours);
  if (bars.source === 'simulated')
    createTextWatermark(chart.panes()[0]!, {
      horzAlign: 'left',
      vertAlign: 'top',
      lines: [{ text: t('simulated'), color: `${colours('--warn')}59`, fontSize: 22, fontStyle: '700' }],
    });
  const kept = keepLegend(chart, candles, legend, bars, labels.full);
  const forgetKeys = followKeys(box, { chart, candles, bars, legend: kept });
  const visible = Math.min(MOST_VISIBLE_BARS, Math.floor(box.clientWidth / LEAST_BAR_PIXELS));
  // What came after takes a third at most: the bars that the signal was made from stay in view.
  const end = Math.min(bars.time.length, known + 1 + Math.floor(visible / 3));
  chart.timeScale().setVisibleLogicalRange({ from: end - visible, to: end + 5 });
  const remove = () => {
    forgetKeys();
    chart.remove();
  };
  return { remove };
}

function addCandles(
  chart: IChartApi,
  bars: ChartBars,
  signal: SignalDetail,
  colours: Colours,
  known: number,
): ISeriesApi<'Candlestick'> {
  const levels = [signal.entryPrice, signal.stopLoss, signal.takeProfit];
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: colours('--up'),
    downColor: colours('--down'),
    wickUpColor: colours('--up'),
    wickDownColor: colours('--down'),
    borderVisible: false,
    priceLineStyle: LineStyle.Dotted,
    autoscaleInfoProvider: (original: () => { priceRange: { minValue: number; maxValue: number } | null } | null) => {
      const range = original()?.priceRange;
      return {
        priceRange: {
          minValue: Math.min(...levels, range?.minValue ?? Number.POSITIVE_INFINITY),
          maxValue: Math.max(...levels, range?.maxValue ?? Number.NEGATIVE_INFINITY),
        },
      };
    },
  });
  candles.setData(
    bars.time.map((time, index) => ({
      time: time as UTCTimestamp,
      open: bars.open[index]!,
      high: bars.high[index]!,
      low: bars.low[index]!,
      close: bars.close[index]!,
      ...(index > known && pale(colours(bars.close[index]! >= bars.open[index]! ? '--up' : '--down'))),
    })),
  );
  return candles;
}

const pale = (colour: string) => ({ color: colour + PALE, wickColor: colour + PALE });

/** An arrow over the last bar the signal was made from. */
function markMoment(candles: ISeriesApi<'Candlestick'>, time: number, colours: Colours): void {
  const at = { time: time as UTCTimestamp, position: 'aboveBar', shape: 'arrowDown' } as const;
  createSeriesMarkers<Time>(candles, [{ ...at, color: colours('--accent'), text: say('signal') }]);
}

function addVolume(chart: IChartApi, bars: ChartBars, colours: Colours, known: number): void {
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    priceLineVisible: false,
    lastValueVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  volume.setData(
    bars.time.map((time, index) => ({
      time: time as UTCTimestamp,
      value: bars.volume[index]!,
      color: `${colours(bars.close[index]! >= bars.open[index]! ? '--up' : '--down')}${index > known ? '2b' : '66'}`,
    })),
  );
}

function addLevels(candles: ISeriesApi<'Candlestick'>, signal: SignalDetail, colours: Colours): void {
  const line = (title: string, level: number, colour: string, lineStyle: LineStyle) =>
    candles.createPriceLine({
      title,
      price: level,
      color: colours(colour),
      lineWidth: 1,
      lineStyle,
      axisLabelVisible: true,
    });
  line(t('target'), signal.takeProfit, '--up', LineStyle.Dashed);
  line(t('entry'), signal.entryPrice, '--accent', LineStyle.Solid);
  line(t('stop'), signal.stopLoss, '--down', LineStyle.Dashed);
}

/** Open, high, low, close of the bar under the pointer, of the last bar otherwise. */
function keepLegend(
  chart: IChartApi,
  candles: ISeriesApi<'Candlestick'>,
  legend: HTMLElement,
  bars: ChartBars,
  full: (time: Time) => string,
): Legend {
  const indexOf = new Map(bars.time.map((time, index) => [time, index]));
  const show = (index: number) => {
    const [open, close] = [bars.open[index]!, bars.close[index]!];
    const before = index > 0 ? bars.close[index - 1]! : open;
    const figures = {
      ...{ open: price(open), high: price(bars.high[index]!), low: price(bars.low[index]!), close: price(close) },
      ...{ change: percent((close / before - 1) * 100), volume: number(bars.volume[index]!, 0) },
    };
    legend.textContent = `${full(bars.time[index] as UTCTimestamp)}   ${say('legend', figures)}`;
  };
  show(bars.time.length - 1);
  const kept: Legend = { show, walking: false };
  chart.subscribeCrosshairMove((event: MouseEventParams) => {
    if (kept.walking) return;
    const under = event.seriesData.get(candles) && indexOf.get(event.time as number);
    show(under ?? bars.time.length - 1);
  });
  return kept;
}

type Colours = (token: string) => string;

/** Resolves a colour token to `#rrggbb`: the chart draws on a canvas, which knows nothing of custom properties. */
function readColours(box: HTMLElement): Colours {
  const probe = document.createElement('span');
  box.append(probe);
  const known = new Map<string, string>();
  for (const token of ['--surface', '--line', '--ink-2', '--accent', '--up', '--down', '--warn']) {
    probe.style.color = `var(${token})`;
    const channels = getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      ?.slice(0, 3) ?? ['128', '128', '128'];
    known.set(
      token,
      `#${channels.map((channel) => Math.round(Number(channel)).toString(16).padStart(2, '0')).join('')}`,
    );
  }
  probe.remove();
  return (token) => known.get(token) ?? '#808080';
}
