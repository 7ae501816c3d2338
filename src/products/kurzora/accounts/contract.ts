import Type from 'typebox';

const Text = Type.Union([Type.String(), Type.Null()]);

export const Account = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Type.String(),
  emailVerified: Type.Boolean(),
  profilePicture: Text,
  phone: Text,
  language: Type.String(),
  timezone: Type.String(),
  preferences: Type.Record(Type.String(), Type.Unknown()),
  subscription: Type.Record(Type.String(), Type.Unknown()),
  createdAt: Type.String(),
  lastLoginAt: Text,
});

/** Tokens are null where the address must be confirmed first. */
export const SignedIn = Type.Object({
  user: Account,
  accessToken: Text,
  refreshToken: Text,
  /** Seconds. */
  expiresIn: Type.Integer(),
});

export const Email = Type.String({ minLength: 3, maxLength: 255, pattern: '^\\s*[^\\s@]+@[^\\s@]+\\s*$' });
export const Password = Type.String({ minLength: 1, maxLength: 1000 });
export const Token = Type.String({ minLength: 1, maxLength: 4096 });
