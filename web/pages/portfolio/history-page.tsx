import './portfolio.css';
import { t } from '../../app/language.ts';
import { SignedIn } from '../../app/signed-in.tsx';
import { ClosedTrades } from './closed-trades.tsx';
import { Results } from './results.tsx';
import { useLiveTrades } from './trades.ts';

export function HistoryPage() {
  return <SignedIn title={t('history')}>{({ userId }) => <History userId={userId} />}</SignedIn>;
}

function History({ userId }: { userId: string }) {
  useLiveTrades(userId);
  return (
    <>
      <ClosedTrades />
      <Results />
    </>
  );
}
