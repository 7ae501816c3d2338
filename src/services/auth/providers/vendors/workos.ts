import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface Profile {
  readonly id: string;
  readonly email: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly connection_id?: string;
  readonly organization_id?: string;
  readonly raw_attributes?: { readonly picture?: string };
}

/** The app adds `connection`, `organization` or `workos_provider` to the address. */
export const workos: OAuthVendor = {
  kind: 'oauth2',
  scopes: [],
  endpoints: (url) => {
    const host = url ?? 'https://api.workos.com';
    return { authorization: `${host}/sso/authorize`, token: `${host}/sso/token`, api: host };
  },
  profile: async (api) => {
    const user = await api.json<Profile>(`${api.base}/sso/profile`);
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: true,
      name: [user.first_name, user.last_name].filter(Boolean).join(' '),
      picture: user.raw_attributes?.picture,
      custom: { connection_id: user.connection_id, organization_id: user.organization_id },
    });
  },
};
