/** Every route for people without an account, beside those of signals and plans. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { newsletterConfirmRoute, newsletterPageRoute, newsletterRoute } from './newsletter.ts';
import { demoSignalsRoute, publicStatusRoute, testimonialsRoute, versionRoute } from './reading.ts';
import { consentRoute, contactRoute } from './writing.ts';

export const publicRoutes: readonly Route<KurzoraServices>[] = [
  ...[demoSignalsRoute, testimonialsRoute, publicStatusRoute, versionRoute],
  ...[contactRoute, consentRoute, newsletterRoute, newsletterPageRoute, newsletterConfirmRoute],
];
