/** Somebody else who knows who a person is: an OAuth 2.0 or OpenID Connect server, behind one small interface. */

export interface ProviderEmail {
  readonly email: string;
  readonly verified: boolean;
  readonly primary: boolean;
}

/** Who the provider says came. */
export interface ProviderProfile {
  readonly subject: string;
  readonly emails: readonly ProviderEmail[];
  /** What auth.identities keeps as identity_data, without the mail address: iss, sub, name, avatar_url, custom_claims ... */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface ProviderTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
}

export interface AuthorizationRequest {
  readonly state: string;
  /** Beside the provider's own. */
  readonly scopes: readonly string[];
  /** What the app adds to the address, e.g. prompt or access_type. */
  readonly parameters: URLSearchParams;
  /** For the provider's own PKCE and nonce; known to nobody but us, the same at the callback. */
  readonly codeVerifier: string;
  readonly nonce: string;
}

export interface CallbackRequest {
  readonly code: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  /** Fields of the callback, e.g. Apple's `user`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Provider {
  readonly name: string;
  /** An account without a mail address is good enough. */
  readonly emailOptional: boolean;
  authorizationUrl(request: AuthorizationRequest): Promise<string>;
  /** Trades the code for tokens and asks who it is. Throws ProviderError. */
  signIn(request: CallbackRequest): Promise<{ readonly tokens: ProviderTokens; readonly profile: ProviderProfile }>;
}

/** The provider did not do its part; `stage` says which. The message is safe to show, the cause is not. */
export class ProviderError extends Error {
  readonly stage: 'exchange' | 'profile' | 'discovery';
  constructor(stage: ProviderError['stage'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ProviderError';
    this.stage = stage;
  }
}
