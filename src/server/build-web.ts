import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '#kernel/log.ts';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const VITE = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
const OUTPUT = join(WEB, 'dist');
const STAMP = join(OUTPUT, '.sources');

/**
 * The folder of the built pages. Builds them when the sources changed since the last build (about a second); a build
 * that cannot be made (no vite in a pruned install, a read-only checkout) leaves what is there and says so.
 */
export async function builtWeb(log: Logger): Promise<string> {
  const sources = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return OUTPUT;
  try {
    await runVite();
    writeFileSync(STAMP, sources);
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'the pages could not be built; serving what is there');
  }
  return OUTPUT;
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  const files = readdirSync(WEB, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(OUTPUT))
    .sort();
  for (const path of files) hash.update(path.slice(WEB.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function runVite(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [VITE, 'build', WEB, '--logLevel', 'error'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`vite build ended with ${code}: ${said.slice(-2000)}`)),
    );
  });
}
