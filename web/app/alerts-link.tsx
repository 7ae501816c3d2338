import { useQuery } from '@tanstack/react-query';
import { get } from './api.ts';
import { number } from './format.ts';
import { t } from './language.ts';
import { Link } from './link.tsx';
import { useLiveRows } from './live-rows.ts';

/** Beyond this the badge says only that there are more. */
const MOST_SHOWN = 99;

/** How many alerts of this person are unread, followed live. */
export function useUnreadAlerts(userId: string): number {
  useLiveRows('notifications', `user_id=eq.${userId}`, 'notifications');
  const unread = useQuery({
    queryKey: ['notifications', 'unread'],
    queryFn: async ({ signal }) =>
      (await get<unknown[]>('notifications?unreadOnly=true&limit=1', signal)).meta?.unread ?? 0,
  });
  return unread.data ?? 0;
}

/** The bell of the header. */
export function AlertsLink({ userId }: { userId: string }) {
  const unread = useUnreadAlerts(userId);
  return (
    <Link to="/alerts" className="header-button bell">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path
          d="M8 1.75a4.25 4.25 0 0 0-4.25 4.25c0 3.5-1.5 4.75-1.5 5.5h11.5c0-.75-1.5-2-1.5-5.5A4.25 4.25 0 0 0 8 1.75zM6.5 13.5a1.5 1.5 0 0 0 3 0"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        />
      </svg>
      <span className="hidden-visually">
        {t('alerts')}
        {unread > 0 && `: ${t('unread', { n: number(unread, 0) })}`}
      </span>
      {unread > 0 && (
        <span className="badge ltr" aria-hidden="true">
          {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
        </span>
      )}
    </Link>
  );
}
