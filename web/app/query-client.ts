import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';

/** Refusals are answers: only a missing answer or a 5xx is worth a second try. */
const worthRetrying = (error: unknown) =>
  error instanceof ApiError && ['UNREACHABLE', 'UNAVAILABLE', 'TIMEOUT', 'INTERNAL_ERROR'].includes(error.code);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The server may run on this very machine, so being offline says nothing about reaching it.
      networkMode: 'always',
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 1 && worthRetrying(error),
    },
  },
});
