import { Refusal } from '#kernel/errors.ts';
import { PaymentError } from '#services/payments/api.ts';

/** A vendor's refusal in the words of the API: a declined card is the payer's to mend (402), the rest is not (502). */
export async function paying<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PaymentError)) throw error;
    const details = { reason: 'PAYMENT_ERROR', ...(error.code && { code: error.code }) };
    if (error.kind === 'declined') throw new Refusal('PAYMENT_REQUIRED', error.message, { details, cause: error });
    const message = 'The payment service did not do this';
    throw new Refusal('UPSTREAM_ERROR', message, { details, cause: error });
  }
}
