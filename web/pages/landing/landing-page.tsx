import { useEffect } from 'react';
import { number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { useStatus } from '../kurzora/queries.ts';
import { BestSignalsTable, useBestSignals } from './best-signals.tsx';
import { PlansPart } from './plans-part.tsx';
import { RecordPart } from './record-part.tsx';
import { say } from './texts.ts';
import './landing.css';

const SHOWN = 5;

/** What this is, what it was worth, what it finds and what it costs: nothing here that the project does not know of itself. */
export function LandingPage() {
  const simulated = useStatus().data?.simulated;
  useEffect(() => {
    document.title = `${simulated ? `${t('simulated')} · ` : ''}Kurzora · ${say('title')}`;
  }, [simulated]);
  return (
    <div className="landing">
      <section className="landing-head">
        <h1>{say('title')}</h1>
        <p className="landing-what">{say('what')}</p>
        <p className="quiet">{say('how')}</p>
        <p className="landing-doors">
          <Link to="/sign-up" className="button primary">
            {t('signUp')}
          </Link>
          <Link to="/signals" className="button">
            {say('seeSignals')}
          </Link>
        </p>
      </section>
      <RecordPart />
      <BestPart />
      <PlansPart />
    </div>
  );
}

function BestPart() {
  const best = useBestSignals(SHOWN);
  return (
    <section className="landing-part" aria-labelledby="landing-best">
      <h2 id="landing-best">{say('bestTitle')}</h2>
      {best.error ? (
        <FailureNotice what={t('signalsNotLoaded')} error={best.error} retry={() => void best.refetch()} />
      ) : best.data ? (
        <>
          {best.data.signals.length > 0 && <BestSignalsTable signals={best.data.signals} label={say('bestTitle')} />}
          <p className="small quiet">
            <Found shown={best.data.signals.length} total={best.data.total} />{' '}
            {best.data.signals.length > 0 && <Link to="/signals">{say('allSignals')}</Link>}
          </p>
        </>
      ) : (
        <Skeleton rows={SHOWN} label={t('loadingSignals')} />
      )}
    </section>
  );
}

/** How many there are: what a visitor sees, and what the last scan found, which may be more. */
function Found({ shown, total }: { shown: number; total: number }) {
  const scan = useStatus().data?.lastScan;
  const more = scan !== null && scan !== undefined && scan.signals > total;
  return (
    <>
      {total > 0 && say('bestOf', { shown: number(shown, 0), total: number(total, 0) })}
      {total === 0 && say(more ? 'noneVisible' : 'noneYet')}{' '}
      {more && say('foundInAll', { n: number(scan.signals, 0), stocks: number(scan.scanned, 0) })}
    </>
  );
}
