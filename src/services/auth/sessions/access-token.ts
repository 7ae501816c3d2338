import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { UserRow } from '../store/users.ts';

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** A signed access token of this session; `method` is what the hook custom_access_token is told. */
export async function accessToken(
  context: AuthContext,
  tx: Session,
  given: { readonly user: UserRow; readonly session: SessionRow; readonly method: string },
): Promise<AccessToken> {
  throw new Error('not yet');
}
