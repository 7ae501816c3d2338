/**
 * Secrets that Freehold makes up itself, kept in <data>/secrets.json, readable by its owner only. In development a missing one is
 * generated; in production those that an operator must choose are refused instead.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Mode } from './config.ts';
import { OperatorError } from './errors.ts';
import { type DataFolder, folderError, handOver, openDataFolder } from './postgres/cluster/data-folder.ts';
import { tryLock } from './postgres/cluster/file-lock.ts';

/** `variable`: the operator's way to set it; a secret without one is internal and generated in production too. */
const SECRETS = {
  postgresPassword: {},
  authenticatorPassword: {},
  jwtSecret: { variable: 'JWT_SECRET' },
} satisfies Record<string, { variable?: string }>;

export type SecretName = keyof typeof SECRETS;

export interface Secrets {
  /** Absolute path of secrets.json. */
  readonly path: string;
  /** The stored secret; undefined when there is none. */
  peek(name: SecretName): string | undefined;
  /** The stored secret, or a new one: 32 random bytes in hexadecimal. Throws `OperatorError` where production refuses. */
  obtain(name: SecretName): string;
}

/** Opens the data folder's secrets, creating the folder. Throws `OperatorError` when they may not be read or are not JSON. */
export function openSecrets(dataFolder: string, mode: Mode): Secrets {
  const folder = openDataFolder(dataFolder);
  const obtain = (name: SecretName): string => {
    const stored = read(folder.secrets)[name];
    if (stored) return stored;
    const { variable } = SECRETS[name] as { variable?: string };
    if (mode === 'production' && variable)
      throw new OperatorError(`${variable} is not set; in production it is not made up`, {
        remedy: `Set ${variable} to at least 32 characters of your own, e.g. from \`openssl rand -hex 32\`.`,
      });
    return generate(folder, name);
  };
  return { path: folder.secrets, peek: (name) => read(folder.secrets)[name], obtain };
}

function read(path: string): Partial<Record<SecretName, string>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    if (process.platform !== 'win32' && statSync(path).mode & 0o077) chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw folderError(path, error);
  }
  try {
    return JSON.parse(text) as Partial<Record<SecretName, string>>;
  } catch (error) {
    throw new OperatorError(`${path} is not JSON`, {
      remedy:
        'Restore it from a backup, or remove it: new secrets are made, and whoever is signed in must sign in again.',
      cause: error,
    });
  }
}

/** Two processes that miss the same secret end up with the same one: the second reads what the first wrote. */
function generate(folder: DataFolder, name: SecretName): string {
  for (;;) {
    const lock = tryLock(folder.locks.secrets, 'exclusive');
    if (!lock) continue;
    try {
      const secrets = read(folder.secrets);
      const stored = secrets[name];
      if (stored) return stored;
      const value = randomBytes(32).toString('hex');
      write(folder, `${JSON.stringify({ ...secrets, [name]: value }, null, 2)}\n`);
      return value;
    } finally {
      lock.release();
    }
  }
}

/** Whole or not at all, also when the machine loses power. */
function write({ root, secrets: path }: DataFolder, text: string): void {
  const half = `${path}.${process.pid}.half`;
  try {
    const file = openSync(half, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    handOver(root, half);
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw folderError(path, error);
  }
}
