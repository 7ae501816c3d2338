import { validationFailed } from '../errors.ts';
import type { AuthSettings } from '../settings/settings.ts';

const WITH_WHATSAPP = new Set(['twilio', 'twilio_verify']);

/** How a code is sent, where the caller has a wish. Throws validation_failed (400) as GoTrue words it. */
export function messageChannel(
  { sms, hooks }: Pick<AuthSettings, 'sms' | 'hooks'>,
  wanted: string | null | undefined,
): 'sms' | 'whatsapp' {
  if (!wanted || wanted === 'sms') return 'sms';
  const possible = hooks.send_sms !== undefined || sms.vendors.some(({ vendor }) => WITH_WHATSAPP.has(vendor));
  if (wanted === 'whatsapp' && possible) return 'whatsapp';
  throw validationFailed(
    "Invalid channel, supported values are 'sms' or 'whatsapp'. 'whatsapp' is only supported if Twilio or Twilio Verify is used as the provider.",
  );
}
