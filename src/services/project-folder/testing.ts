/** A folder written for one test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface WrittenFolder extends Disposable {
  readonly path: string;
  /** Writes `supabase/<name>`. */
  write(name: string, text: string): void;
}

/** Writes these files below `supabase/` of a new folder; they go with it. */
export function writtenFolder(files: Readonly<Record<string, string>>): WrittenFolder {
  const path = mkdtempSync(join(tmpdir(), 'freehold-folder-'));
  const write = (name: string, text: string) => {
    const file = join(path, 'supabase', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
