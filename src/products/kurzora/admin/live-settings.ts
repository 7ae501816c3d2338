import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import type { AccountRules } from '#kernel/product.ts';
import { readEverySetting } from '../queries/settings.ts';
import { SETTING_TABLE, type SettingKey } from '../rules/setting-table.ts';

/** How long another process may go on with an old value. */
const POLL_MS = 5_000;

export interface PlatformSettings {
  readonly status: 'operational' | 'maintenance' | 'limited';
  readonly message: string;
  readonly signUps: boolean;
  readonly confirmEmail: boolean;
  /** Null: by the length of the session alone. */
  readonly idleMinutes: number | null;
}

/** The settings that every request goes by, in memory: at most 5 s old, and those of a change made here at once. */
export interface LiveSettings {
  current(): PlatformSettings;
  reload(): Promise<void>;
  close(): void;
}

export async function openLiveSettings(database: Database, log: Logger): Promise<LiveSettings> {
  let known = platformOf(
    Object.fromEntries(Object.entries(SETTING_TABLE).map(([key, { fallback }]) => [key, fallback])) as never,
  );
  const reload = async () => {
    known = platformOf(await database.asService(readEverySetting, { readOnly: true }));
  };
  await reload();
  let reading = false;
  const poll = setInterval(() => {
    if (reading) return;
    reading = true;
    // Without a database the old ones go on: what needs it fails by itself.
    reload()
      .catch((error: unknown) => log.debug({ err: error }, 'the settings could not be read'))
      .finally(() => {
        reading = false;
      });
  }, POLL_MS);
  poll.unref();
  return { current: () => known, reload, close: () => clearInterval(poll) };
}

/** What accounts go by, read anew each time. */
export function accountRules(settings: LiveSettings | undefined): AccountRules {
  return {
    get signUps() {
      return settings?.current().signUps ?? true;
    },
    get confirmEmail() {
      return settings?.current().confirmEmail ?? false;
    },
    get idleMinutes() {
      return settings?.current().idleMinutes ?? null;
    },
  };
}

function platformOf(values: Readonly<Record<SettingKey, unknown>>): PlatformSettings {
  return {
    status: values.platform_status as PlatformSettings['status'],
    message: values.maintenance_message as string,
    signUps: values.allow_new_signups as boolean,
    confirmEmail: values.require_email_verification as boolean,
    idleMinutes: values.session_timeout_minutes as number | null,
  };
}
