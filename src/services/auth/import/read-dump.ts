import type { Readable } from 'node:stream';
import { csvRows } from './csv-rows.ts';
import type { DumpRow } from './dump-row.ts';
import { jsonRows } from './json-rows.ts';
import { sqlRows } from './sql-rows.ts';
import { textLines } from './text-lines.ts';

/** The rows of a dump, whatever it is: the first sign says whether it is JSON, SQL's words whether it is SQL, and the rest is CSV. */
export async function* readDump(input: Readable): AsyncGenerator<DumpRow> {
  input.setEncoding('utf8');
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<string>;
  let head = '';
  while (head.trim().length < 64) {
    const { value, done } = await chunks.next();
    if (done) break;
    head += value;
  }
  const text = head.replace(/^\uFEFF/, '');
  const whole = continued(text, chunks);
  if (/^\s*[[{]/.test(text)) yield* jsonRows(await joined(whole));
  else if (/^\s*(--|\/\*|\\|set |begin|copy |insert |create |select |alter |truncate |do )/i.test(text))
    yield* sqlRows(textLines(whole));
  else yield* csvRows(whole);
}

async function* continued(head: string, chunks: AsyncIterator<string>): AsyncGenerator<string> {
  yield head;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.join('');
}
