import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly email: string;
  readonly handle: string;
  readonly img_url?: string;
}

export const figma: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['current_user:read'],
  clientAuthentication: 'basic',
  pkce: true,
  endpoints: (url) => ({
    authorization: `${url ?? 'https://www.figma.com'}/oauth`,
    token: `${url ?? 'https://api.figma.com'}/v1/oauth/token`,
    api: url ?? 'https://api.figma.com',
  }),
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/v1/me`);
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: true,
      name: user.handle,
      picture: user.img_url,
    });
  },
};
