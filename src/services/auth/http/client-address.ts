import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../limits/loopback.ts';

/**
 * Who asks, by the rule the gateway trusts proxies by: X-Forwarded-For counts only while it comes from this machine, read from the
 * nearest proxy outwards, so that nobody chooses his own address. Empty for a socket that has none.
 */
export function clientAddress(message: IncomingMessage): string {
  const peer = plain(message.socket.remoteAddress ?? '');
  if (!isLoopback(peer)) return peer;
  const forwarded = String(message.headers['x-forwarded-for'] ?? '').split(',');
  for (const each of forwarded.reverse()) {
    const address = plain(each.trim());
    if (!isAddress(address)) break;
    if (!isLoopback(address)) return address;
  }
  return peer;
}

/** Sockets that listen on IPv6 show IPv4 addresses as ::ffff:1.2.3.4. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** What Postgres takes for an inet. */
function isAddress(text: string): boolean {
  if (text.includes(':')) return URL.canParse(`http://[${text}]`);
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && URL.canParse(`http://${text}`);
}
