/**
 * Plans, cards and invoices as they cross Kurzora's wire: prices in whole units of the currency, amounts of invoices in its smallest,
 * times ISO 8601. The web imports these types.
 */
export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly monthlyPrice: number;
  readonly yearlyPrice: number;
  readonly currency: string;
  readonly features: Readonly<Record<string, unknown>>;
  readonly maxSignalsPerDay: number | null;
  readonly historyDays: number;
}

export interface OwnMethod {
  readonly id: string;
  readonly type: string;
  readonly last4: string | null;
  readonly brand: string | null;
  readonly expMonth: number | null;
  readonly expYear: number | null;
  readonly isDefault: boolean;
}

export interface OwnInvoice {
  readonly id: string;
  readonly number: string | null;
  readonly status: string;
  readonly amountDue: number;
  readonly amountPaid: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly periodStart: string | null;
  readonly periodEnd: string | null;
  readonly issuedAt: string;
  readonly hostedUrl: string | null;
  readonly pdfUrl: string | null;
}
