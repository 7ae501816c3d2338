import { send } from '../../../app/api.ts';
import { useAdmin, useDeed } from '../staff.ts';
import type { Shape } from './setting-editor.ts';

/** A row of system_config as `GET admin/config` gives it. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly category: string;
  /** In English; known keys have texts of their own. */
  readonly description: string | null;
  /** The JSON schema that a new value is held to; null for what nothing reads. */
  readonly shape: Shape | null;
  readonly updatedAt: string;
  /** Null when nobody has changed it. */
  readonly updatedBy: { readonly id: string; readonly name: string } | null;
}

export const useSettings = () => useAdmin<Setting[]>('config');

export const useChangeSetting = () =>
  useDeed((change: { key: string; value: unknown }) => send('PUT', 'admin/config', change));
