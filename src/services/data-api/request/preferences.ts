/** The Prefer header (RFC 7240) with PostgREST's preferences, and what of it is echoed in Preference-Applied. */

export interface Preferences {
  readonly resolution?: 'merge-duplicates' | 'ignore-duplicates';
  readonly return?: 'representation' | 'headers-only' | 'minimal';
  readonly count?: 'exact' | 'planned' | 'estimated';
  readonly tx?: 'commit' | 'rollback';
  readonly missing?: 'default' | 'null';
  readonly handling?: 'strict' | 'lenient';
  readonly timezone?: string;
  readonly maxAffected?: number;
  /** As given, for the refusal under handling=strict. */
  readonly invalid: readonly string[];
}

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  return: ['representation', 'headers-only', 'minimal'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  missing: ['default', 'null'],
  handling: ['strict', 'lenient'],
};

const NONE: Preferences = { invalid: [] };

/**
 * Of a preference given twice the first counts; a max-affected that is no number is none, and nothing to refuse. `allowTx`: the
 * configuration lets clients end transactions otherwise.
 */
export function parsePreferences(
  header: string | undefined,
  allowTx: boolean,
  timezones: ReadonlySet<string>,
): Preferences {
  if (header === undefined) return NONE;
  const found: Record<string, string> = {};
  const invalid: string[] = [];
  for (const preference of header.split(',').map((part) => part.trim())) {
    const [name = '', value = ''] = [
      preference.slice(0, preference.indexOf('=')),
      preference.slice(preference.indexOf('=') + 1),
    ];
    const valid =
      KNOWN[name]?.includes(value) || (name === 'timezone' && timezones.has(value)) || name === 'max-affected';
    if (!valid) invalid.push(preference);
    else if (!(name in found) && !(name === 'tx' && !allowTx)) found[name] = value;
  }
  const { 'max-affected': most = '', ...rest } = found;
  return {
    ...(rest as Omit<Preferences, 'invalid' | 'maxAffected'>),
    ...(/^-?\d+$/.test(most) && { maxAffected: Number(most) }),
    invalid,
  };
}

type Applicable = Exclude<keyof Preferences, 'invalid'>;
const ORDER: readonly Applicable[] = [
  'resolution',
  'missing',
  'return',
  'count',
  'tx',
  'handling',
  'timezone',
  'maxAffected',
];

/** The header's value, of those preferences that apply to the kind of request; undefined when there is none. */
export function preferenceApplied(preferences: Preferences, ...applicable: readonly Applicable[]): string | undefined {
  if (preferences === NONE) return undefined;
  const applied = ORDER.filter((name) => applicable.includes(name) && preferences[name] !== undefined)
    .filter((name) => name !== 'maxAffected' || preferences.handling === 'strict')
    .map((name) => `${name === 'maxAffected' ? 'max-affected' : name}=${preferences[name]}`);
  return applied.length === 0 ? undefined : applied.join(', ');
}
