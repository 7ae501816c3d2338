import type { OutgoingHttpHeaders } from 'node:http';
import { essenceOf } from './media-types.ts';

/** Types that a browser shows and never runs. */
const INERT =
  /^(image\/(?!svg)[\w.+-]+|video\/[\w.+-]+|audio\/[\w.+-]+|font\/[\w.+-]+|application\/(pdf|zip|gzip|json|octet-stream)|text\/(plain|csv))$/;

/**
 * What users upload never runs with the rights of this origin: pages and SVG lose their scripts, forms and origin (a picture in an <img>
 * is shown as before), and nothing is taken for another type than it is served as.
 */
export function safetyHeaders(mimeType: string | undefined): OutgoingHttpHeaders {
  const inert = INERT.test(essenceOf(mimeType ?? ''));
  return {
    'content-security-policy': inert
      ? "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'"
      : "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
  };
}

/** Content-Disposition for saving under this name (RFC 6266): the plain form for old clients, the other for all characters. */
export function attachment(name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`;
}
