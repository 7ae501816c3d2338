/** Reads the data beside the project that indicators are checked against; see sharedData(). */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Bars } from '../../bars.ts';
import { barsOf } from '../../bars.ts';

export function readGzip(path: string): string {
  return gunzipSync(readFileSync(path))
    .toString()
    .replace(/^\ufeff/, '');
}

/** `date,open,high,low,close,volume`, oldest first whatever the file's order. */
export function readQuotes(path: string): Bars {
  const lines = readGzip(path).trim().split(/\r?\n/).slice(1);
  const list = lines.map((line) => {
    const [date, ...numbers] = line.split(',');
    const [open, high, low, close, volume] = numbers.map(Number);
    return { time: Date.parse(`${date}${/:/.test(date) ? '' : ' 00:00'}Z`), open, high, low, close, volume };
  });
  return barsOf(list.sort((a, b) => a.time - b.time));
}

export interface Vector {
  readonly name: string;
  readonly options: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

/** Tulip's format: a line of name and options, then one line in braces per input and output. */
export function readVectors(path: string): Vector[] {
  const vectors: { name: string; options: number[]; rows: number[][] }[] = [];
  for (const line of readGzip(path).split(/\r?\n/)) {
    if (line.startsWith('{')) vectors.at(-1)?.rows.push(line.slice(1, -1).split(',').map(Number));
    else if (/^[a-z]/.test(line)) {
      const [name, ...options] = line.trim().split(/\s+/);
      vectors.push({ name, options: options.map(Number), rows: [] });
    }
  }
  return vectors;
}
