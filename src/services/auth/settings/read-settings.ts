import { OperatorError } from '#kernel/errors.ts';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { given, seconds, unset } from './config-values.ts';
import { emailSettings } from './read-email.ts';
import { externalProviders } from './read-providers.ts';
import { smsSettings } from './read-sms.ts';
import type { AuthSettings, HookName, HookSettings } from './settings.ts';

export interface SettingsSurroundings {
  /** Where /auth/v1 is reached from outside; read when needed, because the port is known only then. */
  readonly externalUrl: () => string;
  readonly production: boolean;
  /** Where the paths of mail templates start, tried in this order: the project's folder and its `supabase/`. */
  readonly folders?: readonly string[];
}

/** What config.toml says under `auth`, with the CLI's defaults. Throws OperatorError that names the key. */
export function authSettings(table: ConfigTable, surroundings: SettingsSurroundings): AuthSettings {
  const own = given(table, 'auth.external_url');
  return {
    production: surroundings.production,
    externalUrl: own ? () => own.replace(/\/+$/, '') : surroundings.externalUrl,
    siteUrl: given(table, 'auth.site_url') ?? 'http://127.0.0.1:3000',
    additionalRedirectUrls: table.texts('auth.additional_redirect_urls') ?? ['https://127.0.0.1:3000'],
    jwtIssuer: given(table, 'auth.jwt_issuer'),
    jwtExpiry: table.integer('auth.jwt_expiry') ?? 3600,
    refreshTokenRotation: table.flag('auth.enable_refresh_token_rotation', true),
    refreshTokenReuseInterval: table.integer('auth.refresh_token_reuse_interval') ?? 10,
    enableSignup: table.flag('auth.enable_signup', true),
    enableAnonymousSignIns: table.flag('auth.enable_anonymous_sign_ins', false),
    enableManualLinking: table.flag('auth.enable_manual_linking', false),
    minimumPasswordLength: table.integer('auth.minimum_password_length') ?? 6,
    passwordRequirements: table.text('auth.password_requirements') ?? '',
    sessions: {
      timebox: positive(seconds(table, 'auth.sessions.timebox', 0)),
      inactivityTimeout: positive(seconds(table, 'auth.sessions.inactivity_timeout', 0)),
      singlePerUser: false,
    },
    rateLimits: rateLimits(table),
    captcha: captcha(table, surroundings),
    email: emailSettings(table, surroundings),
    sms: smsSettings(table),
    mfa: mfa(table),
    passkeys: passkeys(table),
    external: externalProviders(table),
    hooks: hooks(table),
    web3: {
      solana: table.flag('auth.web3.solana.enabled', false),
      ethereum: table.flag('auth.web3.ethereum.enabled', false),
    },
    oauthServer: {
      enabled: table.flag('auth.oauth_server.enabled', false),
      authorizationPath: given(table, 'auth.oauth_server.authorization_url_path') ?? '/oauth/consent',
      allowDynamicRegistration: table.flag('auth.oauth_server.allow_dynamic_registration', false),
    },
  };
}

const positive = (duration: number) => (duration > 0 ? duration : undefined);

function rateLimits(table: ConfigTable): AuthSettings['rateLimits'] {
  const limit = (name: string, fallback: number) => table.integer(`auth.rate_limit.${name}`) ?? fallback;
  return {
    emailSent: limit('email_sent', 2),
    smsSent: limit('sms_sent', 30),
    anonymousUsers: limit('anonymous_users', 30),
    tokenRefresh: limit('token_refresh', 150),
    signInSignUps: limit('sign_in_sign_ups', 30),
    tokenVerifications: limit('token_verifications', 30),
    web3: limit('web3', 30),
    oauthClients: limit('oauth_clients', 10),
  };
}

function captcha(table: ConfigTable, { production }: SettingsSurroundings): AuthSettings['captcha'] {
  if (!table.flag('auth.captcha.enabled', false)) return undefined;
  const provider = table.text('auth.captcha.provider');
  const secret = given(table, 'auth.captcha.secret');
  if (!production && unset(table, 'auth.captcha.secret')) return undefined;
  if (provider !== 'hcaptcha' && provider !== 'turnstile')
    throw new OperatorError('config.toml: auth.captcha.provider must be hcaptcha or turnstile');
  if (!secret) throw new OperatorError('config.toml: auth.captcha.secret is missing');
  return { provider, secret };
}

function mfa(table: ConfigTable): AuthSettings['mfa'] {
  const allowed = (kind: string) => ({
    enroll: table.flag(`auth.mfa.${kind}.enroll_enabled`, false),
    verify: table.flag(`auth.mfa.${kind}.verify_enabled`, false),
  });
  return {
    maxEnrolledFactors: table.integer('auth.mfa.max_enrolled_factors') ?? 10,
    totp: allowed('totp'),
    phone: {
      ...allowed('phone'),
      otpLength: table.integer('auth.mfa.phone.otp_length') ?? 6,
      template: table.text('auth.mfa.phone.template') ?? 'Your code is {{ .Code }}',
      maxFrequency: seconds(table, 'auth.mfa.phone.max_frequency', 5),
    },
    webAuthn: allowed('web_authn'),
  };
}

function passkeys(table: ConfigTable): AuthSettings['passkeys'] {
  return {
    enabled: table.flag('auth.passkey.enabled', false),
    rpId: given(table, 'auth.webauthn.rp_id'),
    rpDisplayName: given(table, 'auth.webauthn.rp_display_name'),
    rpOrigins: table.texts('auth.webauthn.rp_origins') ?? [],
  };
}

const HOOKS: readonly HookName[] = [
  'custom_access_token',
  'before_user_created',
  'after_user_created',
  'mfa_verification_attempt',
  'password_verification_attempt',
  'send_email',
  'send_sms',
];

function hooks(table: ConfigTable): AuthSettings['hooks'] {
  const found: Partial<Record<HookName, HookSettings>> = {};
  for (const name of HOOKS) {
    if (!table.flag(`auth.hook.${name}.enabled`, false)) continue;
    const uri = given(table, `auth.hook.${name}.uri`);
    if (!uri) throw new OperatorError(`config.toml: auth.hook.${name}.uri is missing`);
    if (!/^(pg-functions|https?):\/\//.test(uri))
      throw new OperatorError(
        `config.toml: auth.hook.${name}.uri must start with pg-functions://, http:// or https://`,
      );
    found[name] = { uri, secrets: given(table, `auth.hook.${name}.secrets`) ?? '' };
  }
  return found;
}
