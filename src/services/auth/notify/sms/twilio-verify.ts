/** Twilio Verify makes, sends and checks its own codes; ours are never sent. Source: twilio.com/docs/verify/api. */
import { twilioAuth, twilioRefusal } from './twilio.ts';
import { postForm, type Settings, type SmsVendor, setting } from './vendor.ts';

const service = (settings: Settings): string =>
  `${settings['url'] ?? 'https://verify.twilio.com'}/v2/Services/${encodeURIComponent(setting(settings, 'message_service_sid'))}`;

export const twilioVerify: SmsVendor = {
  send: async (settings, { phone, channel }) => {
    const { status, body } = await postForm(
      `${service(settings)}/Verifications`,
      { To: `+${phone}`, Channel: channel },
      { authorization: twilioAuth(settings) },
    );
    if (status >= 300) throw twilioRefusal(status, body);
    return String(body['sid'] ?? '');
  },
  approves: async (settings, phone, code) => {
    const { status, body } = await postForm(
      `${service(settings)}/VerificationCheck`,
      { To: `+${phone}`, Code: code },
      { authorization: twilioAuth(settings) },
    );
    // 404: there is no such verification, or no longer.
    if (status >= 300 && status !== 404) throw twilioRefusal(status, body);
    return status < 300 && body['status'] === 'approved' && body['valid'] === true;
  },
};
