import qrcode from 'qrcode';

/** Pixels of one square, and squares of quiet around the code. */
const SQUARE = 3;
const QUIET = 4;

/**
 * The text as a QR code in SVG, in the sizes that GoTrue draws. Clients put it behind `data:image/svg+xml;utf-8,` without encoding
 * it, so there is no `#` and no `%` in it; each run of dark squares is one rectangle.
 */
export function qrCodeSvg(text: string): string {
  const { size, data } = qrcode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const width = (size + 2 * QUIET) * SQUARE;
  const rectangles: string[] = [`<rect width="${width}" height="${width}" style="fill:white;stroke:none"/>`];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!data[y * size + x]) continue;
      const start = x;
      while (x + 1 < size && data[y * size + x + 1]) x++;
      rectangles.push(
        `<rect x="${(start + QUIET) * SQUARE}" y="${(y + QUIET) * SQUARE}" width="${(x - start + 1) * SQUARE}" height="${SQUARE}" style="fill:black;stroke:none"/>`,
      );
    }
  }
  return `<svg width="${width}" height="${width}" xmlns="http://www.w3.org/2000/svg">\n${rectangles.join('\n')}\n</svg>\n`;
}
