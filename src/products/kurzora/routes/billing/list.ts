/** Every route of billing. */
import type { Route } from '#kernel/product.ts';
import type { KurzoraServices } from '../../services.ts';
import { billingAccountRoute } from './account.ts';
import { downloadInvoiceRoute, getInvoiceRoute, listInvoicesRoute } from './invoices.ts';
import {
  confirmPaymentRoute,
  createCheckoutRoute,
  createPaymentIntentRoute,
  createPortalRoute,
} from './payment-intents.ts';
import {
  addPaymentMethodRoute,
  defaultPaymentMethodRoute,
  deletePaymentMethodRoute,
  listPaymentMethodsRoute,
  updatePaymentMethodRoute,
} from './payment-methods.ts';
import { getPlanRoute, listPlansRoute } from './plans.ts';
import { processSubscriptionRoute } from './process-subscription.ts';
import { stripeWebhookRoute } from './stripe-webhook.ts';
import {
  cancelSubscriptionRoute,
  changeSubscriptionRoute,
  getSubscriptionRoute,
  reactivateSubscriptionRoute,
} from './subscription.ts';
import { subscriptionStatusRoute } from './subscription-status.ts';

export const billingRoutes: readonly Route<KurzoraServices>[] = [
  ...[processSubscriptionRoute, subscriptionStatusRoute, stripeWebhookRoute, listPlansRoute, getPlanRoute],
  ...[
    billingAccountRoute,
    getSubscriptionRoute,
    changeSubscriptionRoute,
    cancelSubscriptionRoute,
    reactivateSubscriptionRoute,
  ],
  ...[listPaymentMethodsRoute, addPaymentMethodRoute, updatePaymentMethodRoute, deletePaymentMethodRoute],
  ...[defaultPaymentMethodRoute, listInvoicesRoute, getInvoiceRoute, downloadInvoiceRoute],
  ...[createPaymentIntentRoute, confirmPaymentRoute, createCheckoutRoute, createPortalRoute],
];
