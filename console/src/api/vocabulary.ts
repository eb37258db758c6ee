// What a rule may speak of in this workspace: events and traits it has seen, and everything it has defined.
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface Thing {
  readonly key: string;
  readonly name: string;
}

export type SeenType = 'text' | 'number' | 'boolean' | 'list';

export interface SeenPath {
  readonly path: string;
  readonly types: readonly SeenType[];
  readonly examples: readonly (string | number | boolean)[];
}

export interface Vocabulary {
  readonly events: readonly { readonly name: string; readonly seen: number }[];
  readonly looked: { readonly events: number; readonly whole: boolean };
  /** Names of the events that count as an order here; none: any event may. */
  readonly purchase: readonly string[];
  readonly traits: readonly SeenPath[];
  readonly segments: readonly Thing[];
  readonly models: readonly (Thing & { readonly stages: readonly Thing[] })[];
  readonly journeys: readonly Thing[];
  readonly programmes: readonly (Thing & { readonly tiers: readonly Thing[] })[];
  readonly topics: readonly Thing[];
  readonly channels: readonly string[];
}

export const vocabularyQuery = queryOptions({
  queryKey: ['vocabulary'],
  queryFn: () => get<Vocabulary>('/api/vocabulary'),
  staleTime: 30_000,
});

export const propertiesQuery = (events: readonly string[]) =>
  queryOptions({
    queryKey: ['vocabulary', 'properties', events],
    queryFn: () =>
      get<{ readonly items: readonly SeenPath[] }>(
        `/api/vocabulary/properties?${events.map((name) => `event=${encodeURIComponent(name)}`).join('&')}`,
      ),
    enabled: events.length > 0,
    staleTime: 60_000,
  });
