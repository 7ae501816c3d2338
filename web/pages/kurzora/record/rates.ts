import { number } from '../../../app/format.ts';
import { say } from './texts.ts';

/** A share (0.36) as the page writes it: 36.0%. */
export const share = (value: number | null, digits = 1): string =>
  value === null ? number(null) : `${number(value * 100, digits, digits)}%`;

/** Both ends of an interval: 31.0% to 41.0%. */
export const range = ([low = 0, high = 0]: readonly number[], digits = 1): string =>
  say('between', { low: share(low, digits), high: share(high, digits) });

/** The end of a scale that holds all of these shares: the next tenth. */
export const scaleEnd = (values: readonly number[]): number => Math.ceil(Math.max(0.1, ...values) * 10 - 1e-9) / 10;
