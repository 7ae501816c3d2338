/** Media types as PostgREST knows them, read from Accept and written to Content-Type. */

export type MediaType =
  | {
      readonly kind:
        | 'any'
        | 'json'
        | 'csv'
        | 'geojson'
        | 'openapi'
        | 'text'
        | 'xml'
        | 'binary'
        | 'form'
        | 'array-stripped';
    }
  | { readonly kind: 'singular'; readonly stripped: boolean }
  | {
      readonly kind: 'plan';
      readonly of: MediaType;
      readonly format: 'text' | 'json';
      readonly options: readonly string[];
    }
  | { readonly kind: 'other'; readonly name: string };

const NAMES: Readonly<Record<string, MediaType>> = {
  '*/*': { kind: 'any' },
  'application/json': { kind: 'json' },
  'text/csv': { kind: 'csv' },
  'application/geo+json': { kind: 'geojson' },
  'application/openapi+json': { kind: 'openapi' },
  'text/plain': { kind: 'text' },
  'text/xml': { kind: 'xml' },
  'application/octet-stream': { kind: 'binary' },
  'application/x-www-form-urlencoded': { kind: 'form' },
};
const NAME_BY_KIND = new Map(Object.entries(NAMES).map(([name, { kind }]) => [kind, name]));
const PLAN_OPTIONS = ['analyze', 'verbose', 'settings', 'buffers', 'wal'];

export function decodeMediaType(text: string): MediaType {
  const [name = '', ...parameters] = splitOutsideQuotes(text, ';').map((part) => part.trim());
  const lower = name.toLowerCase();
  const stripped = parameters.some((parameter) => parameter.replaceAll(' ', '').toLowerCase() === 'nulls=stripped');
  if (/^application\/vnd\.pgrst\.object(\+json)?$/.test(lower)) return { kind: 'singular', stripped };
  if (/^application\/vnd\.pgrst\.array(\+json)?$/.test(lower)) return { kind: stripped ? 'array-stripped' : 'json' };
  const plan = /^application\/vnd\.pgrst\.plan(?:\+(json|text))?$/.exec(lower);
  if (plan) return decodePlan(plan[1] === 'json' ? 'json' : 'text', parameters);
  return NAMES[lower] ?? { kind: 'other', name: lower };
}

function decodePlan(format: 'json' | 'text', parameters: readonly string[]): MediaType {
  const value = (name: string) => {
    const found = parameters.find((parameter) => parameter.toLowerCase().startsWith(`${name}=`));
    return found?.slice(name.length + 1).replace(/^"|"$/g, '');
  };
  const asked = (value('options') ?? '').split('|');
  const options = PLAN_OPTIONS.filter((option) => asked.includes(option));
  return { kind: 'plan', of: decodeMediaType(value('for') ?? 'application/json'), format, options };
}

export function nameOf(type: MediaType): string {
  switch (type.kind) {
    case 'singular':
      return `application/vnd.pgrst.object+json${type.stripped ? ';nulls=stripped' : ''}`;
    case 'array-stripped':
      return 'application/vnd.pgrst.array+json;nulls=stripped';
    case 'plan': {
      const options = type.options.length === 0 ? '' : `; options=${type.options.join('|')}`;
      return `application/vnd.pgrst.plan+${type.format}; for="${nameOf(type.of)}"${options}`;
    }
    case 'other':
      return type.name;
    default:
      return NAME_BY_KIND.get(type.kind) ?? '*/*';
  }
}

export function contentType(type: MediaType): string {
  const name = nameOf(type);
  return type.kind === 'binary' || type.kind === 'other' ? name : `${name}; charset=utf-8`;
}

/**
 * Media types of an Accept header by falling preference; a missing header accepts anything. Of equal quality those with more parameters
 * come first, those with stars last. Source: parseHttpAccept of wai-extra.
 */
export function parseAccept(header: string | undefined): MediaType[] {
  if (header === undefined || header.trim() === '') return [{ kind: 'any' }];
  const parts = header.split(',').map((part, index) => {
    const [text = '', after] = part.replaceAll(' ', '').split(';q=');
    const quality = Number.parseFloat(after ?? '1');
    const specific = text.split(';').length - text.split('*').length;
    return { text, quality: Number.isNaN(quality) ? 1 : quality, specific, index };
  });
  return parts
    .filter(({ text }) => text !== '')
    .sort((a, b) => b.quality - a.quality || b.specific - a.specific || a.index - b.index)
    .map(({ text }) => decodeMediaType(text));
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === separator && !quoted) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
