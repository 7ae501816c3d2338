/** Whether this client address is the machine itself; development does not count what it does. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./.test(ip);
}
