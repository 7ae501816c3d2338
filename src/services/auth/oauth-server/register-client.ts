import { randomUUID } from 'node:crypto';
import type { AuthContext } from '../context.ts';
import { secureToken, tokenHash } from '../tokens/random.ts';
import { assertClientFields, type ClientFields, clientTypeOf } from './client-rules.ts';
import { CLIENT_COLUMNS, clientJson, type OAuthClientRow } from './client-store.ts';

/** Makes a client and shows its secret, which is stored as a hash, this once. Throws validation_failed (400). */
export async function registerClient(
  context: AuthContext,
  fields: ClientFields,
  registration: 'dynamic' | 'manual',
): Promise<Readonly<Record<string, unknown>>> {
  assertClientFields(fields, { complete: true });
  const type = clientTypeOf(fields);
  const secret = type === 'confidential' ? secureToken() : undefined;
  const grantTypes = fields.grant_types?.length ? fields.grant_types : ['authorization_code', 'refresh_token'];
  const method = fields.token_endpoint_auth_method || (type === 'public' ? 'none' : 'client_secret_basic');
  const now = new Date(context.now());
  const row = await context.transaction((tx) =>
    tx.one<OAuthClientRow>(
      `insert into auth.oauth_clients (id, client_secret_hash, registration_type, redirect_uris, grant_types, client_name,
         client_uri, logo_uri, client_type, token_endpoint_auth_method, created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning ${CLIENT_COLUMNS}`,
      [
        randomUUID(),
        secret && tokenHash(secret),
        registration,
        fields.redirect_uris!.join(','),
        grantTypes.join(','),
        fields.client_name || null,
        fields.client_uri || null,
        fields.logo_uri || null,
        type,
        method,
        now,
      ],
    ),
  );
  return clientJson(row, secret);
}
