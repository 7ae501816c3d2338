import Type from 'typebox';
import { defineRoute, type Project } from '#kernel/product.ts';
import type { PaymentEvent, Payments } from '#services/payments/api.ts';
import { applyEvent, observation, tiedSubscription } from '../../queries/payment-events.ts';
import type { KurzoraServices } from '../../services.ts';

const schema = { response: Type.Object({ received: Type.Boolean(), outcome: Type.String() }) };

/** Anything but 2xx makes Stripe send the event again, for three days: an event of a customer nobody here knows is kept and waits. */
export const stripeWebhookRoute = defineRoute<KurzoraServices, typeof schema>({
  method: 'POST',
  url: '/api/v1/webhooks/stripe',
  scope: 'public',
  summary: 'What Stripe tells of payments; signed',
  schema,
  envelope: false,
  rawBody: true,
  async handle({ body, headers, services, project, log }) {
    const signature = headers['stripe-signature'];
    const bytes = body instanceof Uint8Array ? body : new Uint8Array();
    const event = services.payments.readEvent(bytes, typeof signature === 'string' ? signature : undefined);
    const outcome = await project.database.asService((session) => applyEvent(session, event));
    await breakTie(project, services.payments, event);
    log.info({ event: event.id, type: event.type, outcome }, 'payment event');
    return { received: true, outcome };
  },
});

async function breakTie({ database, log }: Project, payments: Payments, event: PaymentEvent): Promise<void> {
  const tied = await database.asService((session) => tiedSubscription(session, event), { readOnly: true });
  if (!tied) return;
  try {
    const later = observation(await payments.subscription(tied));
    await database.asService((session) => applyEvent(session, later));
  } catch (error) {
    // The event itself is kept and must not be sent again for this.
    log.warn({ err: error, event: event.id }, 'two events of one second, and the vendor did not say which holds');
  }
}
