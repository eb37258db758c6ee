// The story of one person of the sample, as items in the order of time. The shell puts words to them.
import type { Instant } from '../lib/instant.ts';
import type { Anyway, MessageStory, Outcome, Reached, RunStory } from './story.ts';

export type StoryItem = { readonly at: Instant } & (
  | {
      readonly kind: 'reached';
      readonly event: string | null;
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'left' }
  /** What was learnt anew moved them. */
  | { readonly kind: 'relearnt'; readonly from: string | null; readonly to: string | null }
  | {
      readonly kind: 'message';
      readonly journey: string;
      readonly node: string;
      readonly template: string | null;
      readonly channel: string;
      readonly own: boolean;
      readonly what: 'held' | 'sent' | 'dropped' | 'withheld' | 'waiting';
      readonly reason: string | null;
    }
  | { readonly kind: 'goal' }
  | { readonly kind: 'ended'; readonly reason: string }
  /** What really happened. */
  | { readonly kind: 'order' | 'contact' }
);

export interface SamplePerson {
  readonly id: string;
  /** A hash of the id: those with the smallest are the sample. */
  readonly chance: number;
  readonly times: number;
  readonly anyway: Anyway;
  readonly items: readonly StoryItem[];
}

const ITEMS_MAX = 60;

/** `own`: the journey under test. */
export function sampleOf(outcome: Outcome, chance: number, own: string | null): SamplePerson {
  if (outcome.anyway === null) throw new Error(`${outcome.id} was not reached and cannot be in the sample`);
  // At one instant what really happened comes first, then what it would have brought about.
  const items: readonly StoryItem[] = [
    ...outcome.orders.map((at) => ({ at, kind: 'order' as const })),
    ...outcome.contacts.map((at) => ({ at, kind: 'contact' as const })),
    ...outcome.reached.map(reachedItem),
    ...outcome.left.map((at) => ({ at, kind: 'left' as const })),
    ...outcome.refits.map(({ at, from, to }) => ({ at, kind: 'relearnt' as const, from, to })),
    ...outcome.messages.flatMap((message) => messageItems(message, message.journey === own)),
    ...outcome.runs.filter((run) => run.journey === own).flatMap(runItems),
  ];
  const { id, anyway } = outcome;
  const times = outcome.reached.filter((one) => one.to !== null).length;
  return { id, chance, times, anyway, items: around(items, outcome.reached[0]?.at ?? 0) };
}

/** In the order of time; of a long story what lies around the first moment reached. */
function around(items: readonly StoryItem[], at: Instant): readonly StoryItem[] {
  const sorted = [...items].sort((a, b) => a.at - b.at);
  if (sorted.length <= ITEMS_MAX) return sorted;
  const first = sorted.findIndex((item) => item.at >= at);
  const from = Math.min(Math.max(0, first - ITEMS_MAX / 4), sorted.length - ITEMS_MAX);
  return sorted.slice(from, from + ITEMS_MAX);
}

function reachedItem({ at, event, from, to }: Reached): StoryItem {
  return { at, kind: 'reached', event, from, to };
}

function messageItems(message: MessageStory, own: boolean): readonly StoryItem[] {
  const { journey, node, template, channel, askedAt, held, end, endedAt, dropped } = message;
  const about = { kind: 'message' as const, journey, node, template, channel, own };
  const waits: readonly StoryItem[] =
    held === null ? [] : [{ ...about, at: askedAt, what: 'held', reason: held }];
  if (end === 'waiting' && held !== null) return waits;
  return [...waits, { ...about, at: endedAt ?? askedAt, what: end, reason: dropped }];
}

function runItems({ goalAt, endedAt, ended }: RunStory): readonly StoryItem[] {
  const items: StoryItem[] = [];
  if (goalAt !== null) items.push({ at: goalAt, kind: 'goal' });
  if (endedAt !== null && ended !== null && ended !== 'goal')
    items.push({ at: endedAt, kind: 'ended', reason: ended });
  return items;
}
