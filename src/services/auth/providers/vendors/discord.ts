import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly username: string;
  readonly global_name: string | null;
  readonly discriminator: string;
  readonly avatar: string | null;
  readonly email: string | null;
  readonly verified: boolean;
}

export const discord: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['email', 'identify'],
  endpoints: (url) => {
    const host = url ?? 'https://discord.com';
    return { authorization: `${host}/api/oauth2/authorize`, token: `${host}/api/oauth2/token`, api: `${host}/api` };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/users/@me`);
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: user.verified,
      name: user.discriminator === '0' ? user.username : `${user.username}#${user.discriminator}`,
      picture: pictureOf(user),
      custom: { global_name: user.global_name },
    });
  },
};

function pictureOf({ id, avatar, discriminator }: User): string {
  if (!avatar) return `https://cdn.discordapp.com/embed/avatars/${Number(discriminator) % 5}.png`;
  return `https://cdn.discordapp.com/avatars/${id}/${avatar}.${avatar.startsWith('a_') ? 'gif' : 'png'}`;
}
