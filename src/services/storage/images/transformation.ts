import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { REFUSED } from '../errors.ts';

/** Pixels of a side. */
const SIDE = Type.Integer({ minimum: 1, maximum: 2500 });

/** How an image is to be rendered, in the words of Supabase's storage API. */
export const TRANSFORMATION = Type.Object({
  width: Type.Optional(SIDE),
  height: Type.Optional(SIDE),
  /** cover (default) fills both sides and cuts, contain fits into them, fill stretches. */
  resize: Type.Optional(Type.Union([Type.Literal('cover'), Type.Literal('contain'), Type.Literal('fill')])),
  /** `origin`: as it was uploaded, whatever the browser accepts. */
  format: Type.Optional(Type.Union([Type.Literal('origin'), Type.Literal('avif'), Type.Literal('webp')])),
  quality: Type.Optional(Type.Integer({ minimum: 20, maximum: 100 })),
});

export type Transformation = Static<typeof TRANSFORMATION>;

const NUMBERS = new Set(['width', 'height', 'quality']);
const KEYS = ['width', 'height', 'resize', 'format', 'quality'];

/** `width:100,height:80`; the same text for the same rendering. */
export function writeTransformation(transformation: Transformation): string {
  return KEYS.flatMap((key) => {
    const value = transformation[key as keyof Transformation];
    return value === undefined ? [] : `${key}:${value}`;
  }).join(',');
}

export function parseTransformation(text: string): Transformation {
  return checked(text === '' ? [] : text.split(',').map((each) => each.split(':', 2) as [string, string]));
}

/** From an address's query; other parameters are passed over. Throws InvalidRequest. */
export function queriedTransformation(query: URLSearchParams): Transformation {
  return checked(KEYS.flatMap((key) => (query.get(key) ? [[key, query.get(key)!] as const] : [])));
}

function checked(entries: readonly (readonly [string, string])[]): Transformation {
  const value = Object.fromEntries(entries.map(([key, text]) => [key, NUMBERS.has(key) ? Number(text) : text]));
  if (!Check(TRANSFORMATION, value)) throw REFUSED.invalidRequest({ message: 'Invalid transformation parameters' });
  return value;
}
