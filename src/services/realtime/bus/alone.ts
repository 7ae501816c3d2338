import type { Exchange } from './exchange.ts';

/** There is no other process. */
export function alone(node: string): Exchange {
  return {
    node,
    broadcast: () => {},
    presenceEntered: () => {},
    presenceLeft: () => {},
    close: async () => {},
  };
}
