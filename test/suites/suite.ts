/** A suite of the official clients, in our own words: `freehold start` on a project folder of its own, for as long as the file runs. */
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { DEVELOPMENT_JWT_SECRET } from '#kernel/config.ts';
import { newInstallation, type Ready } from '../project-folder/freehold.ts';

/** Starts `test/suites/<name>/project`; the server ends with the file. */
export async function startSuite(name: string): Promise<Ready> {
  const installation = newInstallation();
  const folder = fileURLToPath(new URL(`${name}/project/`, import.meta.url));
  const done = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<Ready>();
  const running = installation.started([folder], (started) => {
    ready.resolve(started);
    return done.promise;
  });
  running.catch(ready.reject);
  after(async () => {
    done.resolve();
    await running.catch(() => undefined);
    installation.remove();
  });
  return ready.promise;
}

/** A token that the project's development secret signs, as the suites make their own. */
export const signed = (claims: Record<string, unknown>, expires = '1h'): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(DEVELOPMENT_JWT_SECRET));

/** The fields that the client's snapshots show of an error. */
export const told = (error: unknown): { name: string; message: string; status?: number; statusCode?: string } =>
  JSON.parse(JSON.stringify(error));
