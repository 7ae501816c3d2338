/** Where a curve runs in a box of 100 by 100, x to the right, y downwards: drawn stretched over whatever room there is. */
export interface Curve {
  /** SVG path along the values. */
  readonly line: string;
  /** The same, closed along the level of the first value. */
  readonly area: string;
  readonly at: readonly { readonly x: number; readonly y: number }[];
  /** Level of the first value. */
  readonly start: number;
  readonly low: number;
  readonly high: number;
}

/** Room above and below the extremes, in hundredths: their figures stand there. */
const MARGIN = 12;

/** Equal steps from point to point: sessions, not days, so that weekends leave no gaps. One value alone lies in the middle of the left edge. */
export function drawCurve(values: readonly number[]): Curve {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const reach = high - low;
  const x = (index: number) => (values.length < 2 ? 0 : (100 * index) / (values.length - 1));
  const y = (value: number) => (reach === 0 ? 50 : MARGIN + ((high - value) / reach) * (100 - 2 * MARGIN));
  const at = values.map((value, index) => ({ x: x(index), y: y(value) }));
  const start = at[0]?.y ?? 50;
  const line = at.map((point, index) => `${index === 0 ? 'M' : 'L'}${round(point.x)} ${round(point.y)}`).join('');
  return { line, area: `${line}V${round(start)}H0Z`, at, start, low, high };
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** The point nearest to a place on the x axis, 0 to 1. */
export const nearest = (share: number, count: number): number =>
  Math.min(count - 1, Math.max(0, Math.round(share * (count - 1))));
