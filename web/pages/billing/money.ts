import { currentLocale } from '../../app/language.ts';
import type { Cycle, Plan } from './billing.ts';

/** An amount in whole units as the language writes it; cents only where there are any. */
export function priceText(amount: number, currency: string): string {
  const style = { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' } as const;
  return new Intl.NumberFormat(currentLocale(), style).format(amount);
}

/** Of an invoice: minor units, two decimals as all that is sold here. */
export function amountText(minor: number, currency: string): string {
  return new Intl.NumberFormat(currentLocale(), { style: 'currency', currency }).format(minor / 100);
}

export const priceOf = (plan: Plan, cycle: Cycle): number =>
  cycle === 'yearly' ? plan.yearlyPrice : plan.monthlyPrice;

export function dateText(iso: string | null): string {
  return iso ? new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'long' }).format(new Date(iso)) : '–';
}

export function shortDate(iso: string | null): string {
  return iso ? new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium' }).format(new Date(iso)) : '–';
}
