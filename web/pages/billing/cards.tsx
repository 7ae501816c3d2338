import { useState } from 'react';
import { t } from '../../app/language.ts';
import { explain, FailureNotice, Skeleton } from '../../app/notice.tsx';
import { type Account, type Card, openPortal, useCards, useChangeBilling } from './billing.ts';
import { say } from './texts.ts';

/** Cards that invoices are taken from. A new one is entered at the payment service: no card number passes through here. */
export function Cards({ account }: { account: Account }) {
  const cards = useCards();
  const change = useChangeBilling();
  const [failure, setFailure] = useState<Error>();
  if (cards.error)
    return <FailureNotice what={t('notLoaded')} error={cards.error} retry={() => void cards.refetch()} />;
  if (!cards.data) return <Skeleton rows={2} label={t('loading')} />;
  const failed = change.error ?? failure;
  return (
    <section className="part" aria-label={say('cards')}>
      <h2>{say('cards')}</h2>
      {cards.data.length === 0 && <p className="quiet">{say('noCards')}</p>}
      <ul className="changes">
        {cards.data.map((card) => (
          <OneCard key={card.id} card={card} change={change} />
        ))}
      </ul>
      {account.payments === 'fake' && (
        <p>
          <button
            type="button"
            className="button"
            disabled={change.isPending}
            onClick={() => change.mutate({ kind: 'add-test-card' })}
          >
            {say('addTestCard')}
          </button>{' '}
          <span className="quiet small">{say('testCardWhy')}</span>
        </p>
      )}
      {account.payments === 'stripe' && account.hasCustomer && (
        <p>
          <button
            type="button"
            className="button"
            onClick={() => void openPortal().catch((error: Error) => setFailure(error))}
          >
            {say('portal')}
          </button>
        </p>
      )}
      {failed && (
        <p className="down small" role="alert">
          {explain(failed)}
        </p>
      )}
    </section>
  );
}

function OneCard({ card, change }: { card: Card; change: ReturnType<typeof useChangeBilling> }) {
  const name = say('cardName', { brand: capital(card.brand ?? card.type), last4: card.last4 ?? '····' });
  const act = (action: string, kind: 'default-card' | 'remove-card') => (
    <button
      type="button"
      className="button plain"
      aria-label={say('aboutCard', { action, card: name })}
      disabled={change.isPending}
      onClick={() => change.mutate({ kind, id: card.id })}
    >
      {action}
    </button>
  );
  return (
    <li>
      <span>
        {name}
        {card.expMonth && card.expYear && (
          <span className="quiet small">
            {' '}
            {say('expires', { month: String(card.expMonth).padStart(2, '0'), year: card.expYear })}
          </span>
        )}
        {card.isDefault && <span className="quiet small meaning">{say('isDefault')}</span>}
      </span>
      {!card.isDefault && (
        <span>
          {act(say('makeDefault'), 'default-card')}
          {act(say('removeCard'), 'remove-card')}
        </span>
      )}
    </li>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
