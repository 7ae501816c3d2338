import type { Session } from '#kernel/postgres/database.ts';

/** A row of auth.oauth_clients: an application that people sign in to with this project's accounts. */
export interface OAuthClientRow {
  readonly id: string;
  readonly client_secret_hash: string | null;
  readonly registration_type: 'dynamic' | 'manual';
  /** Divided by commas, as the other two lists of texts. */
  readonly redirect_uris: string;
  readonly grant_types: string;
  readonly client_name: string | null;
  readonly client_uri: string | null;
  readonly logo_uri: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly client_type: 'public' | 'confidential';
  readonly token_endpoint_auth_method: string;
}

export const CLIENT_COLUMNS = [
  'id, client_secret_hash, registration_type, redirect_uris, grant_types, client_name, client_uri, logo_uri',
  'created_at, updated_at, client_type, token_endpoint_auth_method',
].join(', ');

export function findClient(tx: Session, id: string): Promise<OAuthClientRow | undefined> {
  return tx.maybeOne(`select ${CLIENT_COLUMNS} from auth.oauth_clients where id = $1 and deleted_at is null`, [id]);
}

export const redirectUrisOf = (client: OAuthClientRow): string[] => client.redirect_uris.split(',').filter(Boolean);
export const grantTypesOf = (client: OAuthClientRow): string[] => client.grant_types.split(',').filter(Boolean);

/** As the registration (RFC 7591) and the admin API show it; the secret only when it was made just now. */
export function clientJson(client: OAuthClientRow, secret?: string): Readonly<Record<string, unknown>> {
  return {
    client_id: client.id,
    ...(secret ? { client_secret: secret } : {}),
    client_type: client.client_type,
    token_endpoint_auth_method: client.token_endpoint_auth_method,
    registration_type: client.registration_type,
    redirect_uris: redirectUrisOf(client),
    grant_types: grantTypesOf(client),
    response_types: ['code'],
    ...(client.client_name ? { client_name: client.client_name } : {}),
    ...(client.client_uri ? { client_uri: client.client_uri } : {}),
    ...(client.logo_uri ? { logo_uri: client.logo_uri } : {}),
    created_at: client.created_at,
    updated_at: client.updated_at,
  };
}

/** What a person is shown of an application. */
export const clientShown = (client: Pick<OAuthClientRow, 'id' | 'client_name' | 'client_uri' | 'logo_uri'>) => ({
  id: client.id,
  name: client.client_name ?? '',
  uri: client.client_uri ?? '',
  logo_uri: client.logo_uri ?? '',
});
