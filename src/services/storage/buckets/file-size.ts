const POWERS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Bytes of a size as people write it: 20000000, '20mb', '50MiB', '1.5 GB'. `base` is what kB counts by: 1000 in Supabase's storage API,
 * 1024 in config.toml; KiB always counts 1024. Undefined when it is no size.
 */
export function bytesOf(value: unknown, base: 1000 | 1024): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  const match =
    typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?)b?|b|bytes)?$/i.exec(value.trim()) : null;
  if (!match) return undefined;
  const [, digits = '', unit = '', binary = ''] = match;
  const bytes = Math.floor(Number(digits) * (binary ? 1024 : base) ** (POWERS[unit.toLowerCase()] ?? 0));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
