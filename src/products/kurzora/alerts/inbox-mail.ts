import type { Database } from '#kernel/postgres/database.ts';
import type { Sender } from '#services/notifications/api.ts';

/** Development's mail: kept for the page that shows what would have been sent. */
export function inboxMail(database: Database): Sender {
  return {
    async send({ recipient, subject, content }) {
      const { id } = await database.asService((session) =>
        session.one<{ id: number }>('select kurzora.keep_in_inbox($1, $2, $3, $4) as id', [
          'signal_alert',
          recipient,
          subject,
          content,
        ]),
      );
      return { kind: 'sent', externalId: `inbox-${id}` };
    },
    close: () => undefined,
  };
}
