import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError, get, send } from '../../app/api.ts';
import { Link } from '../../app/link.tsx';
import { explain, FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { say } from './texts.ts';
import './alerts.css';

const SETTINGS = '/alerts?view=settings';

/** The page behind the link of a mail: the signed token is all it takes, and only the button changes anything. */
export function UnsubscribePage() {
  const token = useAddress().search.get('token') ?? '';
  useEffect(() => {
    document.title = `${say('leaveTitle')} · Kurzora`;
  }, []);
  const link = useQuery({
    queryKey: ['unsubscribe', token],
    queryFn: ({ signal }) =>
      get<{ valid: boolean }>(`notifications/unsubscribe?token=${encodeURIComponent(token)}`, signal),
  });
  const leave = useMutation({ mutationFn: () => send('POST', 'notifications/unsubscribe', { token }) });
  const error = leave.error ?? link.error;
  const invalid = error instanceof ApiError && ['TOKEN_INVALID', 'VALIDATION_ERROR'].includes(error.code);
  return (
    <div className="account-page leave">
      <h1>{say('leaveTitle')}</h1>
      {invalid && (
        <Notice title={say('leaveInvalid')} action={<Link to={SETTINGS}>{say('toSettings')}</Link>}>
          <p>{say('leaveInvalidWhy')}</p>
        </Notice>
      )}
      {!invalid && link.error && (
        <FailureNotice what={say('leaveTitle')} error={link.error} retry={() => void link.refetch()} />
      )}
      {!error && link.isPending && <Skeleton rows={2} label={say('leaveChecking')} />}
      {!invalid && link.data && !leave.isSuccess && (
        <>
          <p className="lead">{say('leaveLead')}</p>
          <p>
            <button type="button" className="button primary" disabled={leave.isPending} onClick={() => leave.mutate()}>
              {say('leave')}
            </button>
          </p>
          {leave.error && (
            <p className="small down" role="alert">
              {explain(leave.error)}
            </p>
          )}
        </>
      )}
      {leave.isSuccess && (
        <div role="status">
          <p>{say('left')}</p>
          <p className="quiet">
            {say('leftBack')} <Link to={SETTINGS}>{say('toSettings')}</Link>
          </p>
        </div>
      )}
    </div>
  );
}
