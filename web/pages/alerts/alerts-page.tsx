import { useState } from 'react';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { DeliveryLog } from './delivery-log.tsx';
import { Inbox } from './inbox.tsx';
import { useAlertSettings } from './settings.ts';
import { SettingsForm } from './settings-form.tsx';
import { say } from './texts.ts';
import './alerts.css';

const VIEWS = ['inbox', 'settings', 'log'] as const;
type View = (typeof VIEWS)[number];
const addressOf = (view: View) => (view === 'inbox' ? '/alerts' : `/alerts?view=${view}`);

export function AlertsPage() {
  const wanted = useAddress().search.get('view');
  const view = VIEWS.find((each) => each === wanted) ?? 'inbox';
  return (
    <SignedIn title={t('alerts')}>
      {({ userId, email }) => (
        <>
          <nav className="views" aria-label={say('parts')}>
            {VIEWS.map((each) => (
              <Link key={each} to={addressOf(each)} current={each === view}>
                {say(each)}
              </Link>
            ))}
          </nav>
          {view === 'inbox' && <Inbox userId={userId} />}
          {view === 'settings' && <Settings email={email} />}
          {view === 'log' && <DeliveryLog />}
        </>
      )}
    </SignedIn>
  );
}

function Settings({ email }: { email: string }) {
  const [waiting, setWaiting] = useState(false);
  const settings = useAlertSettings({ waiting });
  if (settings.error)
    return <FailureNotice what={t('notLoaded')} error={settings.error} retry={() => void settings.refetch()} />;
  if (!settings.data) return <Skeleton rows={8} label={t('loading')} />;
  return <SettingsForm settings={settings.data} email={email} waitForChat={() => setWaiting(true)} />;
}
