/** Replaces `env(NAME)` in every text of a parsed config.toml, as the Supabase CLI does: an unset variable leaves the text as it is. */
export function resolveReferences(
  config: Readonly<Record<string, unknown>>,
  lookup: (name: string) => string | undefined,
): { config: Record<string, unknown>; unset: string[] } {
  const unset = new Set<string>();
  const resolved = (value: unknown): unknown => {
    if (typeof value === 'string') return resolvedText(value);
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  };
  const resolvedText = (text: string): string => {
    const name = /^env\((.+)\)$/.exec(text)?.[1]?.trim();
    if (name === undefined) return text;
    const value = lookup(name);
    if (value === undefined || value === '') unset.add(name);
    return value || text;
  };
  return { config: resolved(config) as Record<string, unknown>, unset: [...unset] };
}
