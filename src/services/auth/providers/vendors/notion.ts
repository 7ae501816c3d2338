import { profileOf } from '../profile.ts';
import { ProviderError } from '../provider.ts';
import type { OAuthVendor } from '../vendor.ts';

interface Self {
  readonly bot?: {
    readonly owner?: {
      readonly user?: {
        readonly id: string;
        readonly name: string;
        readonly avatar_url: string | null;
        readonly person?: { readonly email?: string };
      };
    };
  };
}

/** The token belongs to a bot, whose owner is the person. */
export const notion: OAuthVendor = {
  kind: 'oauth2',
  scopes: [],
  clientAuthentication: 'basic',
  jsonTokenRequest: true,
  parameters: { owner: 'user' },
  endpoints: (url) => {
    const host = url ?? 'https://api.notion.com';
    return { authorization: `${host}/v1/oauth/authorize`, token: `${host}/v1/oauth/token`, api: host };
  },
  profile: async (api) => {
    const self = await api.json<Self>(`${api.base}/v1/users/me`, { headers: { 'notion-version': '2021-08-16' } });
    const user = self.bot?.owner?.user;
    if (!user) throw new ProviderError('profile', 'unable to find the owner of the notion integration');
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.person?.email,
      emailVerified: true,
      name: user.name,
      picture: user.avatar_url,
    });
  },
};
