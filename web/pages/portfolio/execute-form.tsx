import { type FormEvent, useState } from 'react';
import type { SignalDetail } from '#products/kurzora/contract.ts';
import { Field } from '../../app/field.tsx';
import { money } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { useLiveRows } from '../../app/live-rows.ts';
import { useSession } from '../../app/session.ts';
import { Refused } from './broken-rules.tsx';
import { say } from './texts.ts';
import { useExecute, usePortfolio } from './trades.ts';

/** Opens a paper trade from a signal that stands; a visitor is told what an account is for. */
export function ExecuteForm({ signal }: { signal: SignalDetail }) {
  const session = useSession();
  if (session.kind === 'loading') return null;
  if (session.kind === 'out')
    return (
      <p className="small">
        <Link to="/sign-up">{t('signUp')}</Link> <span className="quiet">{t('executeNeedsAccount')}</span>
      </p>
    );
  return <SignedInForm signal={signal} />;
}

function SignedInForm({ signal }: { signal: SignalDetail }) {
  useLiveRows('trading_signals', `id=eq.${signal.id}`, 'signal');
  const portfolio = usePortfolio();
  const execute = useExecute(signal);
  const [quantity, setQuantity] = useState(String(signal.positionSize ?? 1));
  const shares = Number(quantity);
  const cost = shares * signal.entryPrice;
  const cash = portfolio.data?.balance;
  const affordable = cash === undefined || cost <= cash;

  function submit(event: FormEvent): void {
    event.preventDefault();
    execute.mutate(shares);
  }

  if (!['active', 'triggered'].includes(signal.status)) return <p className="small quiet">{t('signalOver')}</p>;
  if (signal.stopLoss >= signal.entryPrice) return <p className="small quiet">{say('short')}</p>;
  return (
    <form className="form execute" onSubmit={submit}>
      <Field
        label={t('shares')}
        type="number"
        dir="ltr"
        inputMode="numeric"
        min={1}
        step={1}
        required
        value={quantity}
        onChange={(event) => setQuantity(event.target.value)}
        hint={t('costOfCash', { cost: money(cost), cash: money(cash ?? null) })}
      />
      <button type="submit" className="button primary" disabled={execute.isPending || !affordable || !(shares >= 1)}>
        {t('execute')}
      </button>
      {!affordable && <p className="small down">{t('notEnoughCash')}</p>}
      {execute.isSuccess && (
        <p className="small up" role="status">
          {t('opened', { ticker: signal.ticker })} <Link to="/positions">{t('positions')}</Link>
        </p>
      )}
      <Refused error={execute.error} />
    </form>
  );
}
