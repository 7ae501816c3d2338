import { lazy } from 'react';
import { t } from './language.ts';
import { Skeleton } from './notice.tsx';
import { useSession } from './session.ts';

const Landing = lazy(async () => ({ default: (await import('../pages/landing/landing-page.tsx')).LandingPage }));
const Dashboard = lazy(async () => ({
  default: (await import('../pages/dashboard/dashboard-page.tsx')).DashboardPage,
}));

/** The front door: what this is to a visitor, how things stand to a customer. */
export function Home() {
  const { kind } = useSession();
  if (kind === 'loading') return <Skeleton rows={8} label={t('loading')} />;
  return kind === 'in' ? <Dashboard /> : <Landing />;
}
