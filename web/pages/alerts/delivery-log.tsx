import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { localTime } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { supabase } from '../../app/supabase.ts';
import { Pages } from './pages.tsx';
import { type AlertText, say } from './texts.ts';

interface Delivery {
  readonly id: string;
  readonly alert_type: string;
  readonly delivery_channel: string;
  readonly delivery_status: string;
  readonly subject: string | null;
  readonly error_message: string | null;
  readonly created_at: string;
  readonly sent_at: string | null;
  readonly delivered_at: string | null;
}

const PER_PAGE = 20;
const COLUMNS =
  'id, alert_type, delivery_channel, delivery_status, subject, error_message, created_at, sent_at, delivered_at';
const CHANNELS: Readonly<Record<string, AlertText>> = {
  email: 'channelEmail',
  telegram: 'channelTelegram',
  push: 'channelPush',
  sms: 'channelSms',
  webhook: 'channelWebhook',
};
const STATUSES: Readonly<Record<string, AlertText>> = {
  pending: 'statusPending',
  sent: 'statusSent',
  delivered: 'statusDelivered',
  failed: 'statusFailed',
  bounced: 'statusBounced',
};
const TYPES: Readonly<Record<string, AlertText>> = {
  signal_alert: 'typeSignal',
  trade_update: 'typeTrade',
  portfolio_summary: 'typeSummary',
  account_notification: 'typeAccount',
};

function useDeliveries(page: number) {
  return useQuery({
    queryKey: ['deliveries', page],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<{ rows: Delivery[]; total: number }> => {
      const { data, count } = await (await supabase())
        .from('alert_delivery_log')
        .select(COLUMNS, { count: 'exact' })
        .order('created_at', { ascending: false })
        .order('id')
        .range((page - 1) * PER_PAGE, page * PER_PAGE - 1)
        .abortSignal(signal)
        .overrideTypes<Delivery[], { merge: false }>()
        .throwOnError();
      return { rows: data, total: count ?? 0 };
    },
  });
}

/** Every message that left for this person, and what became of it. */
export function DeliveryLog() {
  const [page, setPage] = useState(1);
  const log = useDeliveries(page);
  if (log.error) return <FailureNotice what={t('notLoaded')} error={log.error} retry={() => void log.refetch()} />;
  if (!log.data) return <Skeleton rows={8} label={t('loading')} />;
  const { rows, total } = log.data;
  if (total === 0)
    return (
      <Notice title={say('logEmpty')}>
        <p>{say('logEmptyWhy')}</p>
      </Notice>
    );
  return (
    <section className="part" aria-label={say('log')}>
      <table className="trades deliveries">
        <thead>
          <tr>
            {(['subject', 'channel', 'status', 'time'] as const).map((name) => (
              <th key={name} scope="col">
                {say(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <DeliveryRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
      <Pages meta={{ page, limit: PER_PAGE, total, hasMore: page * PER_PAGE < total }} go={setPage} />
    </section>
  );
}

const named = (names: Readonly<Record<string, AlertText>>, value: string) => (names[value] ? say(names[value]) : value);

function DeliveryRow({ row }: { row: Delivery }) {
  const bad = row.delivery_status === 'failed' || row.delivery_status === 'bounced';
  return (
    <tr>
      <th scope="row">
        <bdi>{row.subject || named(TYPES, row.alert_type)}</bdi>
        <span className="company quiet small">{named(TYPES, row.alert_type)}</span>
      </th>
      <td data-name={say('channel')}>{named(CHANNELS, row.delivery_channel)}</td>
      <td data-name={say('status')} className={bad ? 'down' : undefined}>
        <span>
          {named(STATUSES, row.delivery_status)}
          {bad && row.error_message && (
            <bdi dir="ltr" className="small quiet reason">
              {row.error_message}
            </bdi>
          )}
        </span>
      </td>
      <td data-name={say('time')}>{localTime(row.delivered_at ?? row.sent_at ?? row.created_at)}</td>
    </tr>
  );
}
