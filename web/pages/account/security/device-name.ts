import { deviceOf } from './device.ts';
import { say } from './texts.ts';

const LONGEST = 60;

/** Browser and system; of a program what it calls itself. */
export function deviceName(userAgent: string | null): string {
  const device = deviceOf(userAgent);
  return device ? say('deviceOn', device) : userAgent?.slice(0, LONGEST) || say('unknownDevice');
}
