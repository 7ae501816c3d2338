const HIDDEN = '[redacted]';
/** Signed tokens, our own keys, and values that stand beside a name which says that they are secret. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/\b(?:sb_secret|sb_publishable|kz|sk_live|sk_test|whsec|rk_live)_[\w-]{8,}/g, HIDDEN],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [
    /(["']?\b(?:[\w-]*(?:password|passwd|secret|token|api[_-]?key)|authorization|cookie|x-api-key)["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&})]+)/gi,
    `$1${HIDDEN}`,
  ],
  [/(:\/\/[^\s:/@]+:)[^\s@/]+@/g, `$1${HIDDEN}@`],
];

/** Text for a log that people read, without what would let them in; `most` characters at most. */
export function redacted(text: string, most: number): string {
  let shown = text.slice(0, most * 2);
  for (const [pattern, replacement] of SECRETS) shown = shown.replace(pattern, replacement);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}
