// The journeys that ship with Rapport, off until someone switches them on. Their templates are in the server's content.
import type { JourneyGraph } from '../definition.ts';

export interface ReadyJourney {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly graph: JourneyGraph;
}

const PURCHASE = 'Order Completed';
/** Coming back: an order or a visit. */
const RETURNS = [PURCHASE, 'Page Viewed', 'Screen Viewed', 'Product Viewed'];

export const readyJourneys: readonly ReadyJourney[] = [
  {
    key: 'welcome',
    name: 'Welcome and second purchase',
    description:
      'A welcome kit with the first order. If 60 days pass without a second one, a discount with a code of their own. It stops the moment they buy.',
    graph: {
      entry: 'first_order',
      nodes: {
        first_order: {
          kind: 'trigger',
          on: { kind: 'event', event: PURCHASE },
          where: { kind: 'orders', op: 'exactly', n: 1 },
          next: 'welcome_kit',
        },
        welcome_kit: {
          kind: 'email',
          template: 'welcome',
          topic: 'offers',
          promised: true,
          next: 'sixty_days',
        },
        sixty_days: { kind: 'wait', for: 'P60D', next: 'second_purchase' },
        second_purchase: {
          kind: 'email',
          template: 'second_purchase',
          topic: 'offers',
          offer: { percent: 10, days: 14 },
          next: 'done',
        },
        done: { kind: 'exit' },
      },
      goal: {
        rule: { kind: 'count', event: PURCHASE, window: { since: { kind: 'run' } }, op: 'at_least', n: 1 },
        exits: true,
      },
      hold_out: 0.2,
      reentry: 'once',
    },
  },
  {
    key: 'broken_rhythm',
    name: 'Broken rhythm',
    description:
      'A regular visitor or buyer falls silent, or returns the first purchase: reach out and ask why. When they come back, thank them with an offer.',
    graph: {
      entry: 'fell_silent',
      nodes: {
        fell_silent: {
          kind: 'trigger',
          on: {
            kind: 'any',
            of: [
              { kind: 'segment_joined', segment: 'quiet' },
              { kind: 'segment_joined', segment: 'quiet_visitors' },
              { kind: 'segment_joined', segment: 'first_order_returned' },
            ],
          },
          next: 'ask_why',
        },
        ask_why: { kind: 'email', template: 'broken_rhythm', topic: 'offers', next: 'return' },
        return: {
          kind: 'wait_until',
          event: { event: RETURNS },
          within: 'P180D',
          next: 'thank',
          timeout: 'done',
        },
        thank: {
          kind: 'email',
          template: 'thanks_return',
          topic: 'offers',
          offer: { percent: 10, days: 14 },
          next: 'done',
        },
        done: { kind: 'exit' },
      },
      goal: {
        rule: { kind: 'count', event: PURCHASE, window: { since: { kind: 'run' } }, op: 'at_least', n: 1 },
        exits: false,
      },
      hold_out: 0.2,
      reentry: { after: 'P90D' },
    },
  },
];
