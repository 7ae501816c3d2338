/** MessageBird (Bird). Source: developers.messagebird.com/api/sms-messaging. */
import { postForm, SmsRefusal, type SmsVendor, setting } from './vendor.ts';

interface Failure {
  readonly description?: string;
  readonly code?: number;
}

export const messagebird: SmsVendor = {
  send: async (settings, { phone, text }) => {
    const { status, body } = await postForm(
      `${settings['url'] ?? 'https://rest.messagebird.com'}/messages`,
      {
        originator: setting(settings, 'originator'),
        body: text,
        recipients: phone,
        type: 'sms',
        datacoding: 'unicode',
      },
      { authorization: `AccessKey ${setting(settings, 'access_key')}` },
    );
    if (status >= 300) {
      const [first] = (body['errors'] ?? []) as readonly Failure[];
      throw new SmsRefusal(`messagebird answered ${status}: ${first?.description ?? ''} (${first?.code ?? ''})`);
    }
    const sent = (body['recipients'] as { totalSentCount?: number } | undefined)?.totalSentCount ?? 0;
    if (sent === 0) throw new SmsRefusal('messagebird sent it to nobody');
    return String(body['id'] ?? '');
  },
};
