import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../../app/api.ts';

/** As `/api/v1/notifications/settings` says it. */
export interface AlertSettings {
  readonly minimumScore: number;
  readonly dailyAlertLimit: number | null;
  readonly effectiveDailyLimit: number | null;
  readonly emailEnabled: boolean;
  readonly telegramEnabled: boolean;
  readonly pushEnabled: boolean;
  readonly tradingHoursOnly: boolean;
  readonly quietHoursStart: string | null;
  readonly quietHoursEnd: string | null;
  readonly timezone: string;
  readonly digest: 'realtime' | 'hourly' | 'daily' | 'weekly';
  readonly tradeUpdates: boolean;
  readonly portfolioSummary: 'never' | 'daily' | 'weekly';
  readonly telegramLinked: boolean;
  readonly telegramAvailable: boolean;
  readonly pushPublicKey: string;
  readonly plan: 'starter' | 'professional' | 'elite';
  readonly allowed: { readonly alertsPerDay: number | null; readonly telegram: boolean; readonly push: boolean };
}

type Changeable = Omit<
  AlertSettings,
  'effectiveDailyLimit' | 'telegramLinked' | 'telegramAvailable' | 'pushPublicKey' | 'plan' | 'allowed'
>;

const KEY = ['alert-settings'];
const POLL_MS = 3000;

/** `waiting`: for a chat that is being connected elsewhere. */
export function useAlertSettings({ waiting = false } = {}) {
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get<AlertSettings>('notifications/settings', signal)).data,
    refetchInterval: (query) => (waiting && !query.state.data?.telegramLinked ? POLL_MS : false),
  });
}

export function useChangeSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Changeable>) => send<AlertSettings>('PUT', 'notifications/settings', change),
    onSuccess: (settings) => client.setQueryData(KEY, settings),
  });
}

export interface TelegramLink {
  readonly code: string;
  readonly url: string | null;
  readonly expiresAt: string;
}

export const askForTelegramLink = () => send<TelegramLink>('POST', 'notifications/telegram/link');

export function useUnlinkTelegram() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => send('DELETE', 'notifications/telegram/link'),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
