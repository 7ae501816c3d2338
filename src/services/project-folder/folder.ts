import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { OperatorError } from '#kernel/errors.ts';

/** Where a project lies. Both paths are absolute. */
export interface FolderPaths {
  /** The folder that holds `supabase/`. */
  readonly root: string;
  /** `supabase/` itself, with config.toml, migrations/ and so on. */
  readonly supabase: string;
}

/** Finds the project at `path`: the folder that holds `supabase/`, or that folder itself. Throws OperatorError when it is neither. */
export function findFolder(path: string): FolderPaths {
  const given = resolve(path);
  if (!existsSync(given) || !statSync(given).isDirectory())
    throw new OperatorError(`there is no folder ${given}`, { remedy: 'Give the folder that holds `supabase/`.' });
  const inside = join(given, 'supabase');
  if (isProject(inside)) return { root: given, supabase: inside };
  if (isProject(given) || basename(given) === 'supabase') return { root: dirname(given), supabase: given };
  throw new OperatorError(`${given} is no Supabase project`, {
    remedy: 'Give the folder that holds `supabase/` with config.toml or migrations/ in it, or that folder itself.',
  });
}

function isProject(folder: string): boolean {
  return existsSync(join(folder, 'config.toml')) || existsSync(join(folder, 'migrations'));
}
