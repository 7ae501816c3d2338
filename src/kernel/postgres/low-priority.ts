import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As `nice` counts: a tenth of the processor beside a process of usual priority, all of it when nobody else wants it. */
const NICE = 10;

/**
 * Lets a Postgres backend of this machine stand back for the others. Linux with autogroups, as desktops have them, shares the processor
 * among sessions first, and every backend is one of its own: there the session is told as well.
 */
export function lowerPriority(processId: number): void {
  try {
    setPriority(processId, NICE);
  } catch {
    // The machine does not let us, or it has just ended: it goes on as before.
    return;
  }
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${processId}/autogroup`, String(NICE));
  } catch {
    // A kernel without autogroups, or a container that hides them: then priorities hold among all processes.
  }
}
