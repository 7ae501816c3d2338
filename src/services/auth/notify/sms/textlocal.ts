/** Textlocal. Source: api.textlocal.in/docs/sendsms. */
import { postForm, SmsRefusal, type SmsVendor, setting } from './vendor.ts';

export const textlocal: SmsVendor = {
  send: async (settings, { phone, text }) => {
    const { status, body } = await postForm(`${settings['url'] ?? 'https://api.textlocal.in'}/send/`, {
      sender: setting(settings, 'sender'),
      apikey: setting(settings, 'api_key'),
      message: text,
      numbers: phone,
    });
    if (status >= 300 || body['status'] !== 'success') {
      const [first] = (body['errors'] ?? []) as readonly { message?: string; code?: number }[];
      throw new SmsRefusal(`textlocal answered ${status}: ${first?.message ?? ''} (${first?.code ?? ''})`);
    }
    const [message] = (body['messages'] ?? []) as readonly { id?: string | number }[];
    return String(message?.id ?? '');
  },
};
