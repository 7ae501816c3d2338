import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { Answer, defineRoute } from '#kernel/product.ts';
import { findInvoice, listInvoices } from '../../queries/billing.ts';
import type { KurzoraServices } from '../../services.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Invoice = Type.Object({
  id: Type.String(),
  number: Text,
  status: Type.String(),
  /** Minor units: cents. */
  amountDue: Type.Integer(),
  amountPaid: Type.Integer(),
  amountRefunded: Type.Integer(),
  currency: Type.String(),
  periodStart: Text,
  periodEnd: Text,
  issuedAt: Type.String(),
  hostedUrl: Text,
  pdfUrl: Text,
});
const list = { response: Type.Array(Invoice) };
const one = { params: Type.Object({ id: Type.String({ format: 'uuid' }) }), response: Invoice };

export const listInvoicesRoute = defineRoute<KurzoraServices, typeof list>({
  method: 'GET',
  url: '/api/v1/billing/invoices',
  scope: 'signed-in',
  summary: 'One’s invoices, the newest first, at most 100',
  schema: list,
  handle: ({ identity, as }) => as((session) => listInvoices(session, identity.claims['sub'] as string)),
});

export const getInvoiceRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'GET',
  url: '/api/v1/billing/invoices/:id',
  scope: 'signed-in',
  summary: 'One invoice',
  schema: one,
  async handle({ params, identity, as }) {
    const invoice = await as((session) => findInvoice(session, identity.claims['sub'] as string, params.id));
    assertOr(invoice, 'NOT_FOUND', 'there is no such invoice');
    return invoice;
  },
});

export const downloadInvoiceRoute = defineRoute<KurzoraServices, typeof one>({
  method: 'GET',
  url: '/api/v1/billing/invoices/:id/download',
  scope: 'signed-in',
  summary: 'Leads to the invoice’s PDF',
  schema: one,
  async handle({ params, identity, as }) {
    const invoice = await as((session) => findInvoice(session, identity.claims['sub'] as string, params.id));
    assertOr(invoice?.pdfUrl, 'NOT_FOUND', 'there is no such invoice, or no PDF of it');
    return new Answer(302, '', { location: invoice.pdfUrl });
  },
});
