// What fed what when rules never came to rest: the last moves before the engine gave up, in words, for whoever mends them.
import type { Change } from './decision.ts';

/** A ring is seldom longer, and its beginning comes round again. */
const MOVES_MAX = 8;

export function feedingWords(changes: readonly Change[]): string {
  const moves = changes.flatMap((change) => moveWords(change) ?? []);
  return moves.slice(-MOVES_MAX).join(' → ');
}

function moveWords(change: Change): string | null {
  switch (change.kind) {
    case 'segment_joined':
      return `joined segment ${change.segment}`;
    case 'segment_left':
      return `left segment ${change.segment}`;
    case 'stage_changed':
      return `stage of ${change.model} became ${change.to ?? 'none'}`;
    case 'episode_ended':
      return `episode ${change.n} ended`;
    case 'episode_opened':
      return `episode ${change.n} began`;
    case 'tier_changed':
      return `tier of ${change.programme} became ${change.to ?? 'none'}`;
    case 'run_started':
      return `entered journey ${change.run.journey}`;
    case 'run_ended':
      return `left journey ${change.journey}`;
    default:
      return null;
  }
}
