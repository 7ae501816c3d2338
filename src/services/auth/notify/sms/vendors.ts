import type { Logger } from '#kernel/log.ts';
import type { SmsVendorSettings } from '../../settings/settings.ts';
import { messagebird } from './messagebird.ts';
import { textlocal } from './textlocal.ts';
import { twilio } from './twilio.ts';
import { twilioVerify } from './twilio-verify.ts';
import type { SmsVendor, Text } from './vendor.ts';
import { vonage } from './vonage.ts';

const VENDORS: Readonly<Record<SmsVendorSettings['vendor'], SmsVendor>> = {
  twilio,
  twilio_verify: twilioVerify,
  messagebird,
  textlocal,
  vonage,
};

/**
 * Sends by the first vendor that takes it, in the order of the settings. Returns that vendor's id of the message; throws the last
 * vendor's SmsRefusal when none did.
 */
export async function sendByVendors(vendors: readonly SmsVendorSettings[], text: Text, log: Logger): Promise<string> {
  let last: unknown = new Error('there is no vendor');
  for (const { vendor, settings } of vendors) {
    try {
      return await VENDORS[vendor].send(settings, text);
    } catch (error) {
      last = error;
      log.warn({ err: error, vendor }, 'a vendor did not take a text message');
    }
  }
  throw last;
}

/** Whether the vendor that made the code takes it. Throws SmsRefusal when it cannot be asked. */
export async function approveByVendor(
  { vendor, settings }: SmsVendorSettings,
  phone: string,
  code: string,
): Promise<boolean> {
  return (await VENDORS[vendor].approves?.(settings, phone, code)) ?? false;
}
