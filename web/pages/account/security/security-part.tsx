import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { Part } from '../part.tsx';
import { Events } from './events.tsx';
import { LimitsForm } from './limits-form.tsx';
import { useSecurity } from './security.ts';
import { Sessions } from './sessions.tsx';
import { say } from './texts.ts';
import { TwoFactor } from './two-factor.tsx';

export function Security({ userId }: { userId: string }) {
  const security = useSecurity(userId);
  if (security.error)
    return <FailureNotice what={t('notLoaded')} error={security.error} retry={() => void security.refetch()} />;
  if (!security.data) return <Skeleton rows={4} label={t('loading')} />;
  return (
    <>
      <Part title={say('twoFactor')} lead={say('twoFactorLead')}>
        <TwoFactor userId={userId} state={security.data} />
      </Part>
      <Part title={say('sessions')}>
        <Sessions userId={userId} />
      </Part>
      <Part title={say('limits')} lead={say('limitsLead')}>
        <LimitsForm userId={userId} limits={security.data} />
      </Part>
      <Part title={say('events')}>
        <Events events={security.data.events} />
      </Part>
    </>
  );
}
