import { t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { type Invoice, useInvoices } from './billing.ts';
import { amountText, shortDate } from './money.ts';
import { type BillingText, say } from './texts.ts';

const STATUSES: Readonly<Record<string, BillingText>> = {
  paid: 'invoice_paid',
  open: 'invoice_open',
  draft: 'invoice_draft',
  void: 'invoice_void',
  uncollectible: 'invoice_uncollectible',
};

/** The newest hundred, each with its PDF at the payment service. */
export function Invoices({ trial }: { trial: boolean }) {
  const invoices = useInvoices();
  if (invoices.error)
    return <FailureNotice what={t('notLoaded')} error={invoices.error} retry={() => void invoices.refetch()} />;
  if (!invoices.data) return <Skeleton rows={3} label={t('loading')} />;
  return (
    <section className="part" aria-label={say('invoices')}>
      <h2>{say('invoices')}</h2>
      {invoices.data.length === 0 ? (
        <p className="quiet">
          {say('noInvoices')}. {trial && say('noInvoicesTrial')}
        </p>
      ) : (
        <table className="trades invoices">
          <thead>
            <tr>
              {(['number', 'date', 'period', 'amount', 'status'] as const).map((name) => (
                <th key={name} scope="col">
                  {say(name)}
                </th>
              ))}
              <th scope="col">
                <span className="hidden-visually">{say('download')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invoices.data.map((invoice) => (
              <InvoiceRow key={invoice.id} invoice={invoice} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const { number, status, currency, pdfUrl } = invoice;
  const name = number ?? shortDate(invoice.issuedAt);
  const amount = status === 'paid' ? invoice.amountPaid : invoice.amountDue;
  return (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td data-name={say('date')}>{shortDate(invoice.issuedAt)}</td>
      <td data-name={say('period')}>
        {shortDate(invoice.periodStart)} – {shortDate(invoice.periodEnd)}
      </td>
      <td data-name={say('amount')}>
        <span className="ltr">{amountText(amount, currency)}</span>
        {invoice.amountRefunded > 0 && (
          <span className="quiet small meaning">
            {say('refunded', { amount: amountText(invoice.amountRefunded, currency) })}
          </span>
        )}
      </td>
      <td data-name={say('status')}>{STATUSES[status] ? say(STATUSES[status]) : status}</td>
      <td className="action">
        {isWeb(pdfUrl) ? (
          <a
            className="button"
            href={pdfUrl}
            download
            target="_blank"
            rel="noopener noreferrer"
            aria-label={say('downloadOf', { number: name })}
          >
            {say('download')}
          </a>
        ) : (
          <span className="quiet small">{say('noPdf')}</span>
        )}
      </td>
    </tr>
  );
}

/** An address that a browser may be sent to. */
const isWeb = (url: string | null): url is string => url !== null && /^https?:\/\//.test(url);
