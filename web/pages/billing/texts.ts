import { textsOf } from '../../app/language.ts';
import { ar } from './texts-ar.ts';
import { de } from './texts-de.ts';
import { en } from './texts-en.ts';

export const TEXTS = { en, de, ar } as const;

export type BillingText = keyof typeof en;

export const say = textsOf<BillingText>(TEXTS);
