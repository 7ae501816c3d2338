/** Every function of /functions/v1. */
import type { ProductFunction } from '#kernel/product.ts';
import type { KurzoraServices } from '../services.ts';
import { automatedSignalGeneration } from './automated-signal-generation.ts';
import { multiUserAlerts } from './multi-user-alerts.ts';

export const kurzoraFunctions: Readonly<Record<string, ProductFunction<KurzoraServices>>> = {
  'automated-signal-generation': automatedSignalGeneration,
  'multi-user-alerts': multiUserAlerts,
};
