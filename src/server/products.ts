import type { Product } from '#kernel/product.ts';
import { kurzora } from '#products/kurzora/product.ts';

/** Every product this process can run; the first is the one `start` runs when none is named. */
export const PRODUCTS: readonly Product<unknown>[] = [kurzora as Product<unknown>];
