/** What a company may not live from (kurzora.md 11), by whole words: "ham" is not in "Graham", "wine" not in "Swine". */
const EXCLUDED = {
  alcohol:
    'alcohol|alcoholic|beers?|brew(?:er|ery|eries|ers|ing)|wines?|winer(?:y|ies)|distill(?:er|ers|ery|eries)|liquors?|whiske?y|vodka',
  tobacco: 'tobacco|cigarettes?|cigars?|vaping|nicotine',
  gambling: 'gambling|casinos?|betting|sportsbooks?|lotter(?:y|ies)|wager(?:s|ing)',
  adult: 'pornograph(?:y|ic)|adult entertainment|strip clubs?',
  pork: 'pork|hams?|bacon|swine|hogs?',
  conventional_banking: 'banks?|banking|bancorp|bancshares|savings (?:and|&) loans?|thrifts?',
  conventional_insurance: 'insurance|insurers?|assurance|reinsurance',
  weapons: 'weapons?|weaponry|firearms?|ammunition|munitions?|missiles?',
  interest_lending: 'lending|lenders?|mortgages?|payday loans?|consumer finance|credit services',
} as const;
export type ExcludedBusiness = keyof typeof EXCLUDED;

const PATTERNS = Object.entries(EXCLUDED).map(
  ([business, words]) =>
    [business as ExcludedBusiness, new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'iu')] as const,
);
/** Names of what is not conventional, or no bank at all; they are looked past. */
const PERMITTED =
  /\b(?:islamic bank(?:s|ing)?|takaful|food banks?|blood banks?|power banks?|non[- ]?alcoholic|alcohol[- ]free|anti[- ]?tobacco)\b/giu;

/** Which excluded businesses a company's own words name; empty when none, which says nothing where there are no words. */
export function excludedBusinesses(...texts: readonly (string | null | undefined)[]): ExcludedBusiness[] {
  const text = texts.filter(Boolean).join(' \n ').replace(PERMITTED, ' ');
  return PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([business]) => business);
}
