import type { BucketRules } from '../buckets/bucket.ts';
import { invalidMimeType } from '../errors.ts';

type AllowList = BucketRules['allowed_mime_types'];

/** `Text/HTML; charset=utf-8` -> `text/html` */
export const essenceOf = (type: string): string => type.split(';', 1)[0]!.trim().toLowerCase();

/** What upload says it is must be allowed; throws InvalidMimeType. An empty list allows everything, as no list does. */
export function requireDeclaredType(allowed: AllowList, declared: string): void {
  if (allowed && allowed.length > 0 && !isAllowed(allowed, essenceOf(declared)))
    throw invalidMimeType(essenceOf(declared));
}

/**
 * What the first bytes show must be allowed too. Pictures of one kind pass for another kind that is allowed (a JPEG declared as PNG: clients
 * do that, and Supabase takes it), but a page, a program or an SVG does not pass for a picture, nor does anything that has no
 * signature where the declared type always has one. Throws InvalidMimeType.
 */
export async function requireActualType(allowed: AllowList, declared: string, head: Buffer): Promise<void> {
  if (!allowed || allowed.length === 0 || head.length === 0) return;
  const type = essenceOf(declared);
  const actual = await sniff(head);
  if (actual === undefined) {
    if (SIGNED.test(type)) throw invalidMimeType('application/octet-stream');
    return;
  }
  if (actual === type || isAllowed(allowed, actual) || isContainerOf(actual, type)) return;
  if (kindOf(actual) !== undefined && allowed.some((each) => kindOf(each) === kindOf(actual))) return;
  throw invalidMimeType(actual);
}

/** Types whose files begin with a signature that is known here. */
const SIGNED =
  /^(image\/(png|jpe?g|gif|webp|avif|bmp|tiff|heic|heif)|application\/(pdf|zip|gzip|x-7z-compressed)|video\/(mp4|webm|quicktime)|audio\/(mpeg|ogg|wav|flac))$/;

/** Formats that hold others: an .docx is a zip, a Matroska file may be WebM. */
function isContainerOf(actual: string, declared: string): boolean {
  const [kind] = declared.split('/', 1);
  if (actual === 'application/zip' || actual === 'application/x-cfb') return kind === 'application';
  if (actual === 'application/xml' || actual === 'text/html')
    return /[/+](xml|html)$/.test(declared) && declared !== 'image/svg+xml';
  return actual === 'video/mp4' || actual === 'video/matroska' || actual === 'application/ogg'
    ? kind === 'video' || kind === 'audio'
    : false;
}

/** Pictures made of points, sound, film: what is shown and never run. */
function kindOf(type: string): string | undefined {
  if (type === 'image/svg+xml' || type === '*/*') return undefined;
  return /^(image|audio|video)\//.exec(type)?.[1];
}

async function sniff(head: Buffer): Promise<string | undefined> {
  const markup = markupOf(head);
  if (markup) return markup;
  const { fileTypeFromBuffer } = await import('file-type');
  return (await fileTypeFromBuffer(head))?.mime;
}

/** Markup has no signature; browsers look for these words, after white space and comments. */
function markupOf(head: Buffer): string | undefined {
  const text = head
    .toString('latin1')
    .replace(/^(?:\xef\xbb\xbf)?(?:\s+|<!--[\s\S]*?-->|<\?xml[^>]*\?>|<!doctype svg[^>]*>)+/i, '')
    .replace(/^\xef\xbb\xbf/, '');
  if (/^<svg[\s>/]/i.test(text)) return 'image/svg+xml';
  if (/^<(!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p)[\s>/]/i.test(text))
    return 'text/html';
  return undefined;
}

/** A star allows a whole kind. */
function isAllowed(allowed: readonly string[], type: string): boolean {
  return allowed.some((each) => {
    const pattern = essenceOf(each);
    return pattern === '*/*' || pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1)));
  });
}
