/** The moment at which a day (`2026-11-22`, as date inputs give it) begins where the reader is, `later` days on; empty when it is no day. */
export function dayStart(day: string, later: number): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return '';
  return new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later).toISOString();
}
