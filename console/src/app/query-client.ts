// One cache for what the server said. Reads wait for a silent server; changes never repeat themselves.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { onReturn } from '../api/connection.ts';
import { isSignedOut, Unreachable } from '../api/problem.ts';

export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const heard = (error: unknown): void => {
    if (isSignedOut(error)) onSignedOut();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: heard }),
    mutationCache: new MutationCache({ onError: heard }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: (_count, error) => error instanceof Unreachable,
        retryDelay: 2_000,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  onReturn(() => void client.invalidateQueries());
  return client;
}
