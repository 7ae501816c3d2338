import { fileTypeFromBuffer } from 'file-type';
import sharp, { type Sharp } from 'sharp';
import { REFUSED, StorageError } from '../errors.ts';
import type { Transformation } from './transformation.ts';

/** As what an image leaves. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';

export interface Rendering extends Omit<Transformation, 'format'> {
  /** `source`: as it came. */
  readonly format: ImageFormat | 'source';
}

export interface RenderedImage {
  readonly bytes: Buffer;
  readonly format: ImageFormat;
}

/** What is read into memory to be rendered. */
export const MAX_SOURCE_BYTES = 25 * 1024 * 1024;
/** A few kilobytes can say that they are a picture of a billion points: this many are decoded, at about 4 bytes each, and no more. */
const MAX_SOURCE_PIXELS = 50_000_000;
const TIMEOUT_SECONDS = 20;
const DEFAULT_QUALITY = 80;
/** Pictures made of points. Drawings (SVG), documents and what else libvips could read are never handed to it. */
const FORMATS: Readonly<Record<string, ImageFormat>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
};

const notRendered = (message: string, cause?: unknown) =>
  new StorageError({ code: 'InvalidRequest', status: 422, message, label: 'Error', cause });

/** Throws InvalidRequest (422) for bytes that are no picture, are broken, or hold more points than is safe. Never enlarges. */
export async function renderImage(source: Buffer, rendering: Rendering): Promise<RenderedImage> {
  const type = await fileTypeFromBuffer(source);
  const from = FORMATS[type?.mime ?? ''];
  if (!from) throw notRendered('The object is not an image that can be rendered');
  const format = rendering.format === 'source' ? from : rendering.format;
  const { width, height, resize = 'cover', quality = DEFAULT_QUALITY } = rendering;
  const fit = resize === 'contain' ? 'inside' : resize;
  try {
    const image = sharp(source, { limitInputPixels: MAX_SOURCE_PIXELS, failOn: 'error' })
      .timeout({ seconds: TIMEOUT_SECONDS })
      // As the camera was held; what else the picture tells of its taking stays behind.
      .autoOrient();
    if (width || height) image.resize({ width, height, fit, withoutEnlargement: true });
    return { bytes: await encode(image, format, quality).toBuffer(), format };
  } catch (cause) {
    const message = (cause as Error).message;
    if (/pixel limit/i.test(message)) throw notRendered('The image has too many pixels to be rendered', cause);
    if (/timeout/i.test(message)) throw REFUSED.slowDown({ cause });
    throw notRendered('The image cannot be read', cause);
  }
}

function encode(image: Sharp, format: ImageFormat, quality: number): Sharp {
  // AVIF's own default of effort costs seconds a picture.
  if (format === 'avif') return image.avif({ quality, effort: 2 });
  if (format === 'png') return image.png();
  if (format === 'gif') return image.gif();
  return image[format]({ quality });
}
