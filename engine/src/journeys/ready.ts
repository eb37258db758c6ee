// The journeys that ship with Rapport, off until someone switches them on. Their templates are in the server's content.
import type { JourneyGraph } from '../definition.ts';
import type { Rule } from '../rules/rule.ts';

export interface ReadyJourney {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly graph: JourneyGraph;
}

const PURCHASE = 'Order Completed';
/** Coming back: an order or a visit. */
const RETURNS = [PURCHASE, 'Page Viewed', 'Screen Viewed', 'Product Viewed'];
const sinceStart = (event: string | readonly string[]): Rule => ({
  kind: 'count',
  event,
  window: { since: { kind: 'run' } },
  op: 'at_least',
  n: 1,
});
const ORDERED = sinceStart(PURCHASE);
/** Who said goodbye is not asked back. */
const GOODBYES = ['Account Closed', 'Subscription Ended', 'Farewell Requested'];
const SAID_GOODBYE: Rule = {
  kind: 'latest',
  event: [...GOODBYES, PURCHASE],
  property: '$event',
  op: 'one_of',
  value: GOODBYES,
};

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
      goal: { rule: ORDERED, exits: true },
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
          // Whoever is gone gets a farewell, not a question.
          where: { kind: 'not', rule: { kind: 'segment', segment: 'gone' } },
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
          next: 'bought',
        },
        // A visit comes before its order: without this the run would end minutes before its goal.
        bought: {
          kind: 'wait_until',
          event: { event: PURCHASE },
          within: 'P14D',
          next: 'done',
          timeout: 'done',
        },
        done: { kind: 'exit' },
      },
      goal: { rule: ORDERED, exits: false },
      hold_out: 0.2,
      reentry: { after: 'P90D' },
    },
  },
  {
    key: 'abandoned_checkout',
    name: 'Left the checkout',
    description:
      'Somebody started to pay and did not, for an hour. One friendly word while it is fresh, without a discount. It stops the moment they buy.',
    graph: {
      entry: 'left',
      nodes: {
        left: {
          kind: 'trigger',
          on: { kind: 'segment_joined', segment: 'left_checkout' },
          next: 'remind',
        },
        remind: {
          kind: 'email',
          template: 'abandoned_checkout',
          topic: 'offers',
          shelf_life: 'PT6H',
          next: 'three_days',
        },
        three_days: { kind: 'wait', for: 'P3D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: ORDERED, exits: true },
      hold_out: 0.2,
      reentry: { after: 'P14D' },
    },
  },
  {
    key: 'review_request',
    name: 'Ask for a review',
    description:
      'Two weeks after an order, ask how it was, at most once in 90 days. Nobody is asked who is unhappy or sent it back.',
    graph: {
      entry: 'ordered',
      nodes: {
        ordered: { kind: 'trigger', on: { kind: 'event', event: PURCHASE }, next: 'two_weeks' },
        two_weeks: { kind: 'wait', for: 'P14D', next: 'ask' },
        ask: { kind: 'email', template: 'review_request', topic: 'surveys', next: 'answer' },
        answer: { kind: 'wait', for: 'P14D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: sinceStart('Review Submitted'), exits: true },
      exit_when: {
        kind: 'any',
        rules: [
          { kind: 'segment', segment: 'unhappy' },
          sinceStart(['Order Cancelled', 'Order Refunded', 'Order Returned']),
        ],
      },
      hold_out: 0.2,
      reentry: { after: 'P90D' },
    },
  },
  {
    key: 'replenishment',
    name: 'Due for the next order',
    description:
      'Regular buyers whose usual gap has passed: a short reminder at their own rhythm, without a discount. It stops the moment they buy.',
    graph: {
      entry: 'due',
      nodes: {
        due: { kind: 'trigger', on: { kind: 'segment_joined', segment: 'due_again' }, next: 'remind' },
        remind: { kind: 'email', template: 'replenishment', topic: 'offers', next: 'two_weeks' },
        two_weeks: { kind: 'wait', for: 'P14D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: ORDERED, exits: true },
      hold_out: 0.2,
      reentry: { after: 'P60D' },
    },
  },
  {
    key: 'ask_why',
    name: 'Unhappy: ask what went wrong',
    description:
      'A low score, something sent back: a person asks what went wrong. No discount, no control group: an apology is owed. Whoever has an open complaint is being answered already.',
    graph: {
      entry: 'unhappy',
      nodes: {
        unhappy: {
          kind: 'trigger',
          on: { kind: 'segment_joined', segment: 'unhappy' },
          where: { kind: 'not', rule: { kind: 'segment', segment: 'open_complaint' } },
          next: 'ask',
        },
        ask: { kind: 'email', template: 'ask_why', topic: 'surveys', promised: true, next: 'answer' },
        answer: { kind: 'wait', for: 'P14D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: sinceStart(['Message Replied', 'Conversation Started']), exits: true },
      hold_out: 0,
      reentry: { after: 'P90D' },
    },
  },
  {
    key: 'win_back',
    name: 'Win back',
    description:
      'Somebody is gone by every sign: one letter that says goodbye kindly and leaves a good offer, at most once a year. Whoever said goodbye themselves is left alone.',
    graph: {
      entry: 'gone',
      nodes: {
        gone: {
          kind: 'trigger',
          on: { kind: 'segment_joined', segment: 'gone' },
          where: { kind: 'not', rule: SAID_GOODBYE },
          next: 'offer',
        },
        offer: {
          kind: 'email',
          template: 'win_back',
          topic: 'offers',
          offer: { percent: 15, days: 30 },
          next: 'sixty_days',
        },
        sixty_days: { kind: 'wait', for: 'P60D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: ORDERED, exits: true },
      hold_out: 0.2,
      reentry: { after: 'P365D' },
    },
  },
  {
    key: 'birthday',
    name: 'Birthday',
    description:
      'On the morning of the day they told you: a wish and a small gift. Useless the day after, so it is not sent then.',
    graph: {
      entry: 'day',
      nodes: {
        day: {
          kind: 'trigger',
          on: { kind: 'segment_joined', segment: 'birthday' },
          where: { kind: 'not', rule: { kind: 'segment', segment: 'gone' } },
          next: 'morning',
        },
        // The day begins at midnight where they are.
        morning: { kind: 'wait', for: 'PT9H', next: 'wish' },
        wish: {
          kind: 'email',
          template: 'birthday',
          topic: 'offers',
          shelf_life: 'PT15H',
          offer: { percent: 10, days: 14 },
          next: 'two_weeks',
        },
        two_weeks: { kind: 'wait', for: 'P14D', next: 'done' },
        done: { kind: 'exit' },
      },
      goal: { rule: ORDERED, exits: true },
      hold_out: 0.2,
      reentry: { after: 'P300D' },
    },
  },
];
