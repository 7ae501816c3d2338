import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, type PageMeta, send } from '../../app/api.ts';
import { gain, money, number } from '../../app/format.ts';
import { type AlertText, say } from './texts.ts';

export interface Notification {
  readonly id: string;
  readonly type: 'signal' | 'trade' | 'system';
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly readAt: string | null;
  readonly createdAt: string;
}

const PER_PAGE = 20;

export interface InboxPage {
  readonly notifications: readonly Notification[];
  readonly meta: PageMeta;
  readonly unread: number;
}

/** One page of what the caller was told, newest first. Its key begins as that of the header's count: what changes one changes both. */
export function useInbox(page: number, unreadOnly: boolean) {
  return useQuery({
    queryKey: ['notifications', 'page', page, unreadOnly],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<InboxPage> => {
      const path = `notifications?page=${page}&limit=${PER_PAGE}${unreadOnly ? '&unreadOnly=true' : ''}`;
      const { data, meta } = await get<Notification[]>(path, signal);
      const counted = meta as (PageMeta & { unread?: number }) | undefined;
      return {
        notifications: data,
        meta: counted ?? { total: data.length, page, limit: PER_PAGE, hasMore: false },
        unread: counted?.unread ?? 0,
      };
    },
  });
}

export type InboxChange =
  | { readonly kind: 'read' | 'unread' | 'delete'; readonly id: string }
  | { readonly kind: 'all-read' | 'delete-all' };

export function useChangeInbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: InboxChange): Promise<unknown> => {
      switch (change.kind) {
        case 'read':
        case 'unread':
          return send('PUT', `notifications/${change.id}/${change.kind}`);
        case 'delete':
          return send('DELETE', `notifications/${change.id}`);
        case 'all-read':
          return send('PUT', 'notifications/mark-all-read');
        case 'delete-all':
          return send('DELETE', 'notifications');
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
}

export interface Shown {
  readonly title: string;
  readonly body: string;
  /** Where more is to be read. */
  readonly to: string | null;
  readonly kind: AlertText;
}

/** A notification in the reader's language, worded from its facts; what has none is shown as it was written. */
export function shown({ type, title, body, data }: Notification): Shown {
  const ticker = String(data['ticker'] ?? '');
  if (type === 'signal') {
    const id = data['signalId'];
    return { title, body, to: typeof id === 'string' ? `/signals/${id}` : null, kind: 'kindSignal' };
  }
  if (type === 'trade' && ticker && typeof data['exitPrice'] === 'number') {
    const facts = {
      quantity: number(Number(data['quantity']), 0),
      price: money(data['exitPrice']),
      gain: gain(Number(data['profitLoss'])),
    };
    const key = data['exitReason'] === 'stop_loss' ? 'stopReached' : 'targetReached';
    return { title: say(key, { ticker }), body: say('tradeBody', facts), to: '/history', kind: 'kindTrade' };
  }
  if (data['kind'] === 'drawdown') {
    const percent = `${number(Number(data['percent']), 1, 1)} %`;
    return { title: say('drawdown', { percent }), body, to: '/positions', kind: 'kindSystem' };
  }
  return { title, body, to: null, kind: type === 'trade' ? 'kindTrade' : 'kindSystem' };
}
