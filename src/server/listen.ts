import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';

/** Returns the address. Throws OperatorError when it cannot be had. */
export async function listenOn(app: FastifyInstance, config: Config): Promise<string> {
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, config);
  }
  return addressOf(app);
}

/** The same with a port that is free just now where 0 asks for one: links in mails name it before anything listens. */
export async function withPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config;
  const probe = createServer().listen(0, config.host);
  await once(probe, 'listening').catch((error) => {
    throw portError(error, config);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return Object.freeze({ ...config, port });
}

function portError(error: NodeJS.ErrnoException, config: Config): Error {
  const where = `${config.host}:${config.port}`;
  if (error.code === 'EADDRINUSE')
    return new OperatorError(`port ${config.port} is taken by another program`, {
      remedy: `Stop it, or start with --port ${config.port + 1} (0 takes a free one).`,
      cause: error,
    });
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL')
    return new OperatorError(`cannot listen on ${where}: ${error.message}`, {
      remedy: 'Set HOST to an address of this machine, and --port to one above 1023.',
      cause: error,
    });
  return error;
}

export function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
