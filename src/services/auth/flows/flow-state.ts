import { randomUUID } from 'node:crypto';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { AmrMethod } from '../store/amr.ts';
import type { Challenge } from './challenge.ts';

/** Seconds that a flow may take from its start, and a code from its issue: GoTrue's five minutes. */
export const FLOW_LIFETIME = 300;

/** A row of auth.flow_state: a sign-in that goes on elsewhere (in a mail, at a provider) and comes back with a code. */
export interface FlowStateRow {
  readonly id: string;
  readonly user_id: string | null;
  /** A seal of the code, never the code. */
  readonly auth_code: string | null;
  readonly code_challenge_method: 's256' | 'plain' | null;
  readonly code_challenge: string | null;
  readonly provider_type: string;
  readonly provider_access_token: string | null;
  readonly provider_refresh_token: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly authentication_method: AmrMethod;
  readonly auth_code_issued_at: Date | null;
  readonly invite_token: string | null;
  readonly referrer: string | null;
  readonly oauth_client_state_id: string | null;
  readonly linking_target_id: string | null;
  readonly email_optional: boolean;
}

const COLUMNS = `id, user_id, auth_code, code_challenge_method, code_challenge, provider_type, provider_access_token,
  provider_refresh_token, created_at, updated_at, authentication_method, auth_code_issued_at, invite_token, referrer,
  oauth_client_state_id, linking_target_id, email_optional`;

export interface NewFlow {
  /** A provider's name, or for mails the method again. */
  readonly provider: string;
  readonly method: AmrMethod;
  /** Absent: the flow ends with tokens in the fragment. */
  readonly challenge?: Challenge;
  readonly userId?: string;
  readonly referrer?: string;
  readonly inviteToken?: string;
  readonly oauthClientStateId?: string;
  readonly linkingTargetId?: string;
  readonly emailOptional?: boolean;
}

/** Begins a flow; its id is what E's `state` refers to. */
export function startFlow(context: AuthContext, tx: Session, flow: NewFlow): Promise<FlowStateRow> {
  return tx.one<FlowStateRow>(
    `insert into auth.flow_state (id, user_id, code_challenge, code_challenge_method, provider_type, authentication_method, referrer,
       invite_token, oauth_client_state_id, linking_target_id, email_optional, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) returning ${COLUMNS}`,
    [
      randomUUID(),
      flow.userId,
      flow.challenge?.challenge,
      flow.challenge?.method,
      flow.provider,
      flow.method,
      flow.referrer,
      flow.inviteToken,
      flow.oauthClientStateId,
      flow.linkingTargetId,
      flow.emailOptional ?? false,
      new Date(context.now()),
    ],
  );
}

/** By id; undefined when there is none. Whether it is too old is for the caller: `flowExpired`. */
export function findFlow(tx: Session, id: string): Promise<FlowStateRow | undefined> {
  return tx.maybeOne<FlowStateRow>(`select ${COLUMNS} from auth.flow_state where id = $1`, [id]);
}

export async function deleteFlow(tx: Session, id: string): Promise<boolean> {
  return (await tx.execute('delete from auth.flow_state where id = $1', [id])) === 1;
}

/** Older than it may be: counted from the issue of its code, before that from its start. */
export function flowExpired(context: AuthContext, flow: FlowStateRow): boolean {
  const from = flow.auth_code_issued_at ?? flow.created_at;
  return from.getTime() + FLOW_LIFETIME * 1000 <= context.now();
}

export interface AuthCodeOf {
  readonly userId: string;
  readonly providerAccessToken?: string;
  readonly providerRefreshToken?: string;
}

/** A code for this flow, good once and for five minutes with the verifier of its challenge. Only its seal is stored. */
export async function issueAuthCode(
  context: AuthContext,
  tx: Session,
  flowId: string,
  given: AuthCodeOf,
): Promise<string> {
  const code = randomUUID();
  await tx.execute(
    `update auth.flow_state set auth_code = $2, auth_code_issued_at = $3, updated_at = $3, user_id = $4,
       provider_access_token = $5, provider_refresh_token = $6 where id = $1`,
    [
      flowId,
      sealedCode(context, code),
      new Date(context.now()),
      given.userId,
      given.providerAccessToken,
      given.providerRefreshToken,
    ],
  );
  return code;
}

/** The same for a flow that began with a mail: the user's latest of this method. Throws flow_state_not_found (422). */
export async function issueAuthCodeByMail(
  context: AuthContext,
  tx: Session,
  userId: string,
  method: AmrMethod,
): Promise<string> {
  const flow = await tx.maybeOne<{ id: string }>(
    `select id from auth.flow_state where user_id = $1 and authentication_method = $2
     order by created_at desc limit 1`,
    [userId, method],
  );
  if (!flow) throw new AuthError(422, 'flow_state_not_found', 'No valid flow state found for user.');
  return issueAuthCode(context, tx, flow.id, { userId });
}

/** The flow whose code this is, locked: a code is exchanged once. */
export function findFlowByCode(context: AuthContext, tx: Session, code: string): Promise<FlowStateRow | undefined> {
  return tx.maybeOne<FlowStateRow>(`select ${COLUMNS} from auth.flow_state where auth_code = $1 for update`, [
    sealedCode(context, code),
  ]);
}

const sealedCode = (context: AuthContext, code: string): string => context.seal('auth-code', code);
