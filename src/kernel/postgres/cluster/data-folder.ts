import { accessSync, chownSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OperatorError } from '../../errors.ts';

/** What lies where below the data folder; all paths absolute and free of symbolic links up to `root`. */
export interface DataFolder {
  readonly root: string;
  /** Postgres' own folder (PGDATA). */
  readonly cluster: string;
  readonly secrets: string;
  /** What Postgres says before its log collector runs, and why it could not start. */
  readonly startLog: string;
  readonly owner: string;
  readonly locks: {
    readonly server: string;
    readonly lifecycle: string;
    readonly users: string;
    readonly secrets: string;
  };
}

/** Creates the folder when it is missing. Throws `OperatorError` when it is no folder or may not be read or written. */
export function openDataFolder(folder: string): DataFolder {
  try {
    // Root's Postgres runs as another user, who must be able to walk through; secrets.json and PGDATA are closed by themselves.
    makeFolder(resolve(folder), process.getuid?.() === 0 ? 0o711 : 0o700);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const root = realpathSync(folder);
    const locks = join(root, 'locks');
    mkdirSync(locks, { recursive: true, mode: 0o700 });
    handOver(root, locks);
    return {
      root,
      cluster: join(root, 'postgres'),
      secrets: join(root, 'secrets.json'),
      startLog: join(root, 'postgres-start.log'),
      owner: join(root, 'locks', 'server.json'),
      locks: {
        server: join(locks, 'server'),
        lifecycle: join(locks, 'lifecycle'),
        users: join(locks, 'users'),
        secrets: join(locks, 'secrets'),
      },
    };
  } catch (error) {
    throw folderError(folder, error);
  }
}

/** Creates the folder and those above it that are missing. Not mkdir's own recursion: on Node 24 that never ends below /proc. */
function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path), mode);
    mkdirSync(path, { mode });
  }
}

/**
 * Gives what root has just made in somebody else's data folder to the folder's owner, so that one `sudo freehold` does not lock
 * its owner out. `path` must exist.
 */
export function handOver(root: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(root);
  if (uid !== 0) chownSync(path, uid, gid);
}

/** Words a failed file operation on the data folder; anything that is not about files passes through. */
export function folderError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM')
    return new OperatorError(
      `${path} may not be read and written by this user (uid ${process.getuid?.()}${ownerOf(path)})`,
      {
        remedy:
          'Run as the user who owns the data folder, give it to this user (chown -R), or choose another with --data.',
        cause: error,
      },
    );
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new OperatorError(`${path} is not a folder`, {
      remedy: 'Choose another data folder with --data.',
      cause: error,
    });
  if (code === 'ENOENT')
    return new OperatorError(`${path} cannot be made there`, {
      remedy: 'Choose another data folder with --data.',
      cause: error,
    });
  if (code === 'EROFS')
    return new OperatorError(`${path} is on a read-only file system`, {
      remedy: 'Choose another data folder with --data.',
      cause: error,
    });
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error);
  return error;
}

export function diskFull(path: string, cause?: unknown): OperatorError {
  return new OperatorError(`the disk is full: no space left for ${path}`, {
    remedy: 'Free some space on that disk and start again; nothing that was committed is lost.',
    cause,
  });
}

function ownerOf(path: string): string {
  try {
    return `; it belongs to uid ${statSync(path).uid}`;
  } catch {
    return '';
  }
}
