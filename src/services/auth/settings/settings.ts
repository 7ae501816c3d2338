/** What config.toml says about auth, with the CLI's defaults; a product gives its own. Durations in seconds. */
export interface AuthSettings {
  readonly production: boolean;
  /** Where /auth/v1 is reached from outside, e.g. http://127.0.0.1:54321/auth/v1: links in mails, issuer of tokens, callbacks. */
  readonly externalUrl: () => string;
  readonly siteUrl: string;
  readonly additionalRedirectUrls: readonly string[];
  /** `iss` of access tokens; the external URL when absent. */
  readonly jwtIssuer?: string;
  readonly jwtExpiry: number;
  readonly refreshTokenRotation: boolean;
  readonly refreshTokenReuseInterval: number;
  readonly enableSignup: boolean;
  readonly enableAnonymousSignIns: boolean;
  readonly enableManualLinking: boolean;
  readonly minimumPasswordLength: number;
  /** As in config.toml: '', letters_digits, lower_upper_letters_digits, lower_upper_letters_digits_symbols. */
  readonly passwordRequirements: string;
  /** haveibeenpwned's range API or one that speaks it; absent means passwords are not looked up. */
  readonly leakedPasswordsUrl?: string;
  /** Accounts somebody else makes through sign-up, by what it carries as data: no session comes of it. */
  readonly signUpWithoutSession?: (data: Readonly<Record<string, unknown>>) => boolean;
  /**
   * Role in the tokens of a session whose user has a second factor that it has not shown yet: it may answer the challenge and nothing
   * else. Absent: the user's own, as GoTrue does, and policies have to ask for `aal2`.
   */
  readonly roleBeforeSecondFactor?: string;
  readonly sessions: {
    /** A session ends so long after it began; absent: never. */
    readonly timebox?: number;
    readonly inactivityTimeout?: number;
    readonly singlePerUser: boolean;
    /** Oldest sessions end when a user has more than this; Kurzora keeps five. */
    readonly maximum?: number;
  };
  readonly rateLimits: {
    /** Per hour. */
    readonly emailSent: number;
    readonly smsSent: number;
    /** Per hour and address. */
    readonly anonymousUsers: number;
    /** The following per five minutes and address. */
    readonly tokenRefresh: number;
    readonly signInSignUps: number;
    readonly tokenVerifications: number;
    readonly web3: number;
    readonly oauthClients: number;
  };
  readonly captcha?: { readonly provider: 'hcaptcha' | 'turnstile'; readonly secret: string; readonly url?: string };
  readonly email: {
    readonly enableSignup: boolean;
    readonly doubleConfirmChanges: boolean;
    /** Off means that addresses count as confirmed at once. */
    readonly enableConfirmations: boolean;
    readonly securePasswordChange: boolean;
    readonly maxFrequency: number;
    readonly otpLength: number;
    readonly otpExpiry: number;
    readonly smtp?: SmtpSettings;
    /** By kind: invite, confirmation, recovery, magic_link, email_change, reauthentication. */
    readonly templates: Readonly<Record<string, { readonly subject?: string; readonly content?: string }>>;
    /** Notices such as password_changed, by kind. */
    readonly notifications: Readonly<
      Record<string, { readonly enabled: boolean; readonly subject?: string; readonly content?: string }>
    >;
  };
  readonly sms: {
    readonly enableSignup: boolean;
    readonly enableConfirmations: boolean;
    readonly maxFrequency: number;
    readonly otpLength: number;
    readonly otpExpiry: number;
    /** With `{{ .Code }}`. */
    readonly template: string;
    /** Phone number -> code that is always right, for tests and app stores. */
    readonly testOtp: Readonly<Record<string, string>>;
    /** In the order in which they are tried. */
    readonly vendors: readonly SmsVendorSettings[];
  };
  readonly mfa: {
    readonly maxEnrolledFactors: number;
    readonly totp: { readonly enroll: boolean; readonly verify: boolean };
    readonly phone: {
      readonly enroll: boolean;
      readonly verify: boolean;
      readonly otpLength: number;
      readonly template: string;
      readonly maxFrequency: number;
    };
    readonly webAuthn: { readonly enroll: boolean; readonly verify: boolean };
  };
  readonly passkeys: {
    readonly enabled: boolean;
    readonly rpId?: string;
    readonly rpDisplayName?: string;
    readonly rpOrigins: readonly string[];
  };
  /** By the provider's name. */
  readonly external: Readonly<Record<string, ProviderSettings>>;
  readonly hooks: Readonly<Partial<Record<HookName, HookSettings>>>;
  readonly web3: { readonly solana: boolean; readonly ethereum: boolean };
  readonly oauthServer: {
    readonly enabled: boolean;
    /** From the site URL. */
    readonly authorizationPath: string;
    readonly allowDynamicRegistration: boolean;
  };
}

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly pass?: string;
  readonly adminEmail: string;
  readonly senderName: string;
}

/** A vendor of SMS with its settings as config.toml names them (auth.sms.twilio and so on). */
export interface SmsVendorSettings {
  readonly vendor: 'twilio' | 'twilio_verify' | 'messagebird' | 'textlocal' | 'vonage';
  readonly settings: Readonly<Record<string, string>>;
}

export interface ProviderSettings {
  readonly enabled: boolean;
  readonly clientIds: readonly string[];
  readonly secret: string;
  readonly redirectUri?: string;
  /** Issuer or base address, for providers that people host themselves and for tests. */
  readonly url?: string;
  readonly skipNonceCheck: boolean;
  readonly emailOptional: boolean;
}

export type HookName =
  | 'custom_access_token'
  | 'before_user_created'
  | 'after_user_created'
  | 'mfa_verification_attempt'
  | 'password_verification_attempt'
  | 'send_email'
  | 'send_sms';

export interface HookSettings {
  /** `pg-functions://postgres/<schema>/<function>` or http(s). */
  readonly uri: string;
  /** `v1,whsec_...`, several divided by `|`. */
  readonly secrets: string;
}
