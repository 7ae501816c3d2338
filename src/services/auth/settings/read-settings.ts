import type { ConfigTable } from '#services/project-folder/api.ts';
import type { AuthSettings } from './settings.ts';

export interface SettingsSurroundings {
  /** Where /auth/v1 is reached from outside; read when needed, because the port is known only then. */
  readonly externalUrl: () => string;
  readonly production: boolean;
}

/** What config.toml says under `auth`, with the CLI's defaults. Throws OperatorError that names the key. */
export function authSettings(table: ConfigTable, surroundings: SettingsSurroundings): AuthSettings {
  throw new Error('not yet');
}
