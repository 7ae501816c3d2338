/**
 * Patterns of additional_redirect_urls, as the glob library of GoTrue reads them with `.` and `/` as separators: `*` is any run of
 * other signs, `**` any run at all, `?` one sign that is no separator, `[a-z]` and `[!a-z]` one of a class, `{a,b}` one of several,
 * `\` takes the meaning of the next sign away. Source: gobwas/glob, README.
 */
const SEPARATORS = './';
const compiled = new Map<string, RegExp | undefined>();
const MOST_COMPILED = 1000;

/** Whether the whole text matches; a pattern that is none matches nothing. */
export function globMatches(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (!compiled.has(pattern)) {
    regex = compile(pattern);
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(pattern, regex);
  }
  return regex?.test(text) ?? false;
}

const literal = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function compile(pattern: string): RegExp | undefined {
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '\\') source += literal(pattern[++at] ?? '\\');
    else if (char === '*') {
      const run = /^\*+/.exec(pattern.slice(at))![0].length;
      source += run > 1 ? '.*' : `[^${literal(SEPARATORS)}]*`;
      at += run - 1;
    } else if (char === '?') source += `[^${literal(SEPARATORS)}]`;
    else if (char === '[') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return undefined;
      source += classOf(pattern.slice(at + 1, close));
      at = close;
    } else if (char === '{') {
      source += '(?:';
      depth++;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth--;
    } else if (char === ',' && depth > 0) source += '|';
    else source += literal(char);
  }
  if (depth > 0) return undefined;
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

function classOf(inside: string): string {
  const negated = inside.startsWith('!');
  return `[${negated ? '^' : ''}${(negated ? inside.slice(1) : inside).replace(/[\\\]^[]/g, '\\$&')}]`;
}
