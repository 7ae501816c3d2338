import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../shared/data/', import.meta.url));

/**
 * Real data that lies beside the project and is never part of it. A test that needs it passes `skip` on:
 * `test('...', { skip: sharedData('daily').skip }, ...)`.
 */
export function sharedData(part: string): { readonly path: string; readonly skip: string | false } {
  const path = `${folder}${part}`;
  return { path, skip: existsSync(path) ? false : `../shared/data/${part} is not beside this checkout` };
}
