import { OperatorError } from '#kernel/errors.ts';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { given } from './config-values.ts';
import type { ProviderSettings } from './settings.ts';

/**
 * auth.external: every provider that the file names, on or off. A reference to a variable that is not set stays as it is, as the
 * CLI has it: the folder starts, and the provider refuses. Throws OperatorError for one
 * that is on and cannot work.
 */
export function externalProviders(table: ConfigTable): Record<string, ProviderSettings> {
  const names = Object.keys(table.table('auth.external'));
  return Object.fromEntries(names.map((name) => [name, provider(table, name)]));
}

function provider(table: ConfigTable, name: string): ProviderSettings {
  const path = `auth.external.${name}`;
  const enabled = table.flag(`${path}.enabled`, false);
  const listed = (table.text(`${path}.client_id`) ?? '')
    .split(',')
    .concat(table.texts(`${path}.additional_client_ids`) ?? []);
  const clientIds = listed.map((id) => id.trim()).filter((id) => id !== '');
  if (enabled && clientIds.length === 0) throw new OperatorError(`config.toml: ${path}.client_id is missing`);
  return {
    enabled,
    clientIds,
    secret: table.text(`${path}.secret`) ?? '',
    redirectUri: given(table, `${path}.redirect_uri`),
    url: given(table, `${path}.url`),
    skipNonceCheck: table.flag(`${path}.skip_nonce_check`, false),
    emailOptional: table.flag(`${path}.email_optional`, false),
  };
}
