// How far people have been brought to the newest definitions. While any is behind, what is shown may still move.
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { loadUpgrade } from '../postgres/system.ts';

export const armingSchema = z.object({ done: z.number().int(), of: z.number().int() }).nullable();
export type Arming = z.infer<typeof armingSchema>;

export async function loadArming(deps: HttpDeps, workspaceId: string): Promise<Arming> {
  const { behind, people } = await loadUpgrade(deps.pools.console, workspaceId);
  if (behind === 0) return null;
  // `people` is an estimate; the bar must never run backwards past its end.
  const of = Math.max(people, behind);
  return { done: of - behind, of };
}
