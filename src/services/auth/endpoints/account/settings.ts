import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';

/** The providers that GoTrue lists, on or off. */
const PROVIDERS = [
  'apple',
  'azure',
  'bitbucket',
  'discord',
  'facebook',
  'snapchat',
  'figma',
  'fly',
  'github',
  'gitlab',
  'google',
  'keycloak',
  'kakao',
  'linkedin',
  'linkedin_oidc',
  'notion',
  'spotify',
  'slack',
  'slack_oidc',
  'workos',
  'twitch',
  'twitter',
  'x',
  'zoom',
];

/** GET /settings: which ways to sign in the project offers. */
export const settings = endpoint('GET', '/settings', 'public', Type.Object({}), async ({ settings }) => ({
  status: 200,
  body: {
    external: {
      anonymous_users: settings.enableAnonymousSignIns,
      ...Object.fromEntries(PROVIDERS.map((name) => [name, settings.external[name]?.enabled ?? false])),
      email: settings.email.enableSignup,
      phone: settings.sms.enableSignup,
    },
    disable_signup: !settings.enableSignup,
    mailer_autoconfirm: !settings.email.enableConfirmations,
    phone_autoconfirm: !settings.sms.enableConfirmations,
    sms_provider: settings.sms.vendors[0]?.vendor ?? '',
    saml_enabled: false,
    passkeys_enabled: settings.passkeys.enabled,
  },
}));
