import type { Database } from '#kernel/postgres/database.ts';
import type { Claims } from '../contract.ts';

/** What the policies on realtime.messages allow on one topic. */
export interface ChannelRights {
  readonly broadcast: { readonly read: boolean; readonly write: boolean };
  readonly presence: { readonly read: boolean; readonly write: boolean };
}

export const PUBLIC_RIGHTS: ChannelRights = Object.freeze({
  broadcast: Object.freeze({ read: true, write: true }),
  presence: Object.freeze({ read: true, write: true }),
});

const ASK = 'select extension, readable, writable from realtime.channel_rights($1::text, $2::text, $3::text, $4::text)';

/** Asks the policies as the role and claims of a token. A role that cannot be taken on, or a policy that fails, allows nothing. */
export async function channelRights(services: Database, topic: string, claims: Claims): Promise<ChannelRights> {
  const identity = { role: 'supabase_realtime_admin', claims: {} };
  const rows = await services.as(identity, (session) =>
    session.query<{ extension: string; readable: boolean; writable: boolean }>(ASK, [
      topic,
      claims.role,
      JSON.stringify(claims),
      JSON.stringify({}),
    ]),
  );
  const of = (extension: string) => {
    const row = rows.find((each) => each.extension === extension);
    return { read: row?.readable === true, write: row?.writable === true };
  };
  return { broadcast: of('broadcast'), presence: of('presence') };
}
