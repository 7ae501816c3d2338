import { OperatorError } from '#kernel/errors.ts';
import type { CommandOutput } from '#kernel/product.ts';
import type { DataApiSettings } from '#services/data-api/api.ts';

/** `--ready`: asks a running instance's admin server; throws `OperatorError` (exit code 1) unless it says yes. For health checks. */
export async function checkReady(server: DataApiSettings['server'], output: CommandOutput): Promise<void> {
  if (server.adminPort === undefined)
    throw new OperatorError('Admin server is not running. Please check admin-server-port config.');
  const host = /^[*!]/.test(server.adminHost) || server.adminHost === '0.0.0.0' ? 'localhost' : server.adminHost;
  const url = `http://${host}:${server.adminPort}/ready`;
  const status = await fetch(url).then(
    (response) => response.status,
    (error: unknown) => {
      throw new OperatorError(`connection refused to ${url}`, { cause: error });
    },
  );
  if (status !== 200) throw new OperatorError(`${url} answered ${status}`);
  output.result({ ready: true, url }, () => `OK: ${url}`);
}
