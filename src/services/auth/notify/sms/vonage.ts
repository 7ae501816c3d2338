/** Vonage, SMS API. Source: developer.vonage.com/en/api/sms. */
import { postForm, SmsRefusal, type SmsVendor, setting } from './vendor.ts';

interface Sent {
  readonly status?: string;
  readonly 'message-id'?: string;
  readonly 'error-text'?: string;
}

export const vonage: SmsVendor = {
  send: async (settings, { phone, text }) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    const unicode: Record<string, string> = /^[\x00-\x7f]*$/.test(text) ? {} : { type: 'unicode' };
    const { status, body } = await postForm(`${settings['url'] ?? 'https://rest.nexmo.com'}/sms/json`, {
      from: setting(settings, 'from'),
      to: phone,
      text,
      api_key: setting(settings, 'api_key'),
      api_secret: setting(settings, 'api_secret'),
      ...unicode,
    });
    const [first] = (body['messages'] ?? []) as readonly Sent[];
    if (status >= 300 || first?.status !== '0')
      throw new SmsRefusal(`vonage answered ${first?.status ?? status}: ${first?.['error-text'] ?? ''}`);
    return first['message-id'] ?? '';
  },
};
