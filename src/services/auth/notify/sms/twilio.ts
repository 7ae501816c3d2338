/** Twilio, Programmable Messaging. Source: twilio.com/docs/messaging/api/message-resource. */
import { basicAuth, postForm, type Settings, SmsRefusal, type SmsVendor, setting } from './vendor.ts';

export const twilio: SmsVendor = {
  send: async (settings, { phone, text, channel }) => {
    const account = setting(settings, 'account_sid');
    const sender = setting(settings, 'message_service_sid');
    const prefix = channel === 'whatsapp' ? 'whatsapp:' : '';
    const from: Record<string, string> = sender.startsWith('MG')
      ? { MessagingServiceSid: sender }
      : { From: /^\+?\d+$/.test(sender) ? `${prefix}${sender}` : sender };
    const { status, body } = await postForm(
      `${settings['url'] ?? 'https://api.twilio.com'}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`,
      { To: `${prefix}+${phone}`, ...from, Body: text },
      { authorization: basicAuth(account, setting(settings, 'auth_token')) },
    );
    if (status >= 300) throw twilioRefusal(status, body);
    if (body['status'] === 'failed' || body['status'] === 'undelivered')
      throw new SmsRefusal(`twilio error: ${String(body['error_message'])} (${String(body['error_code'])})`);
    return String(body['sid'] ?? '');
  },
};

export function twilioRefusal(status: number, body: Readonly<Record<string, unknown>>): SmsRefusal {
  return new SmsRefusal(`twilio answered ${status}: ${String(body['message'] ?? '')} (${String(body['code'] ?? '')})`);
}

export const twilioAuth = (settings: Settings): string =>
  basicAuth(setting(settings, 'account_sid'), setting(settings, 'auth_token'));
