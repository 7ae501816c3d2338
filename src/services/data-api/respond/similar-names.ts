/**
 * "Perhaps you meant": the closest of some names by shared letter groups and edit distance. Source: the fuzzyset algorithm with groups of
 * two and three letters, as PostgREST uses it; its hints depend on the details.
 */
const MIN_SCORE = 0.33;
const MAX_RESCORED = 50;

export interface Similar {
  readonly score: number;
  readonly name: string;
}

/** The names that resemble `wanted`, best first; one that equals it but for case has the score 1. */
export function similarNames(names: Iterable<string>, wanted: string): Similar[] {
  const byKey = new Map<string, string>();
  for (const name of names) if (!byKey.has(name.toLowerCase())) byKey.set(name.toLowerCase(), name);
  const key = wanted.toLowerCase();
  const exact = byKey.get(key);
  if (exact !== undefined) return [{ score: 1, name: exact }];
  for (const size of [3, 2]) {
    const found = matches(byKey, key, size);
    if (found.length > 0) return found;
  }
  return [];
}

export function mostSimilar(names: Iterable<string>, wanted: string): string | undefined {
  return similarNames(names, wanted)[0]?.name;
}

function matches(byKey: ReadonlyMap<string, string>, key: string, size: number): Similar[] {
  const wanted = gramCounts(key, size);
  const candidates = [...byKey]
    .map(([other, name]) => ({ name, other, score: cosine(wanted, gramCounts(other, size)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_RESCORED);
  return candidates
    .map(({ name, other }) => ({ name, score: 1 - editDistance(key, other) / Math.max(key.length, other.length) }))
    .filter(({ score }) => score >= MIN_SCORE)
    .sort((a, b) => b.score - a.score);
}

function gramCounts(text: string, size: number): Map<string, number> {
  const padded = `-${text.replace(/[^a-z0-9\u00c0-\uffff, ]/g, '')}-`.padEnd(size, '-');
  const counts = new Map<string, number>();
  for (let at = 0; at + size <= padded.length; at++) {
    const gram = padded.slice(at, at + size);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [gram, count] of a) dot += count * (b.get(gram) ?? 0);
  return dot === 0 ? 0 : dot / (norm(a) * norm(b));
}

function norm(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return Math.sqrt(sum);
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}
