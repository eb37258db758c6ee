// Everything a rule may be made of, with an example and what it asks in one line: what docs/rules.md and the rule builder
// show: the kinds. One without an entry here does not compile. What kinds are made of stands in catalogue-parts.ts.
import type { Rule } from './rule.ts';

/** The first example is the plainest; further ones show what else the kind can do. */
export interface CatalogueEntry<Example extends Rule = Rule> {
  readonly asks: string;
  readonly examples: readonly [Example, ...Example[]];
}

type OfKind<Kind extends Rule['kind']> = Extract<Rule, { readonly kind: Kind }>;

export const ruleKinds: { readonly [kind in Rule['kind']]: CatalogueEntry<OfKind<kind>> } = {
  all: {
    asks: 'every one of the rules holds; of no rules: everyone',
    examples: [
      {
        kind: 'all',
        rules: [
          { kind: 'orders', op: 'at_least', n: 2 },
          { kind: 'consent', channel: 'email' },
        ],
      },
    ],
  },
  any: {
    asks: 'at least one of the rules holds; of no rules: nobody',
    examples: [
      {
        kind: 'any',
        rules: [
          { kind: 'orders', op: 'at_least', n: 10 },
          { kind: 'segment', segment: 'vip' },
        ],
      },
    ],
  },
  not: {
    asks: 'the rule does not hold; unknown does not hold either, so `not` includes those of whom nothing is known',
    examples: [{ kind: 'not', rule: { kind: 'segment', segment: 'unhappy' } }],
  },
  trait: {
    asks: 'a fact about the person, by dotted path, with any comparison; if asked, only what was said in such a way, and while it is younger',
    examples: [
      { kind: 'trait', path: 'address.city', op: 'is', value: 'Graz' },
      {
        kind: 'trait',
        path: 'favourite_colour',
        op: 'known',
        said_by: ['declared'],
        said_within: 'P365D',
      },
    ],
  },
  account: {
    asks: 'the account (company, household) that the newest group call put them into: its id, or by `path` what was said of it in their group calls',
    examples: [
      { kind: 'account', op: 'known' },
      { kind: 'account', path: 'plan', op: 'is', value: 'pro' },
    ],
  },
  open_conversation: {
    asks: 'a conversation or complaint was begun and not yet closed, by `conversation_id` or `complaint_id` where they carry one',
    examples: [{ kind: 'open_conversation' }],
  },
  identity: {
    asks: 'has at least one identity of these kinds',
    examples: [{ kind: 'identity', has: ['email', 'phone'] }],
  },
  count: {
    asks: 'how many events',
    examples: [
      { kind: 'count', event: 'Order Completed', window: { last: 'P60D' }, op: 'at_least', n: 2 },
      { kind: 'count', event: 'Order Completed', window: { last: 'P60D' }, op: 'at_most', n: 0 },
    ],
  },
  days: {
    asks: 'on how many distinct local days',
    examples: [{ kind: 'days', event: 'Page Viewed', window: { last: 'P30D' }, op: 'at_least', n: 3 }],
  },
  sum: {
    asks: 'an exact sum of a property',
    examples: [
      {
        kind: 'sum',
        event: 'Order Completed',
        property: 'total',
        window: { last: 'P30D' },
        op: 'over',
        value: '99.90',
      },
    ],
  },
  average: {
    asks: 'the average of a property, exactly; of nothing it fails every comparison',
    examples: [
      {
        kind: 'average',
        event: 'Survey Answered',
        where: [{ property: 'metric', op: 'is', value: 'csat' }],
        property: 'score',
        window: { last: 'P90D' },
        op: 'under',
        value: 3.5,
      },
    ],
  },
  minimum: {
    asks: 'the smallest amount of a property',
    examples: [
      {
        kind: 'minimum',
        event: 'Order Completed',
        property: 'total',
        window: { this: 'year' },
        op: 'at_least',
        value: 20,
      },
    ],
  },
  maximum: {
    asks: 'the largest amount of a property',
    examples: [{ kind: 'maximum', event: 'Order Completed', property: 'total', op: 'over', value: '250.00' }],
  },
  distinct: {
    asks: 'how many distinct values of a property, at most 100',
    examples: [
      {
        kind: 'distinct',
        event: 'Product Viewed',
        property: 'category',
        window: { last: 'P30D' },
        op: 'at_least',
        n: 3,
      },
      {
        kind: 'distinct',
        event: 'Product Viewed',
        property: 'category',
        window: { previous: 'month' },
        op: 'exactly',
        n: 1,
      },
    ],
  },
  spend: {
    asks: 'money of net orders, refunds taken off, in the workspace’s currency: `all` of it, or on average per `order`',
    examples: [
      { kind: 'spend', per: 'all', window: { previous: 'quarter' }, op: 'at_least', value: 500 },
      { kind: 'spend', per: 'order', op: 'over', value: '80.00' },
    ],
  },
  trend: {
    asks: 'the last days against as many before them: the number of events, or the sum of `property`',
    examples: [
      { kind: 'trend', event: 'Page Viewed', days: 30, op: 'under', share: 0.5 },
      {
        kind: 'trend',
        event: 'Order Completed',
        property: 'total',
        days: 90,
        op: 'over',
        share: 2,
        count_at_least: 3,
      },
    ],
  },
  latest: {
    asks: 'the newest event’s value; property `$event` is its name',
    examples: [
      {
        kind: 'latest',
        event: 'Survey Answered',
        where: [{ property: 'metric', op: 'is', value: 'nps' }],
        property: 'score',
        window: { last: 'P90D' },
        op: 'at_most',
        value: 6,
      },
    ],
  },
  first: {
    asks: 'the first event’s value: with a window, of the first ever if it lies in it; property `$time` is its own time',
    examples: [
      {
        kind: 'first',
        event: 'Order Completed',
        property: '$time',
        op: 'before',
        value: '2026-01-01',
      },
      {
        kind: 'first',
        event: 'Page Viewed',
        property: 'campaign',
        window: { last: 'P30D' },
        op: 'is',
        value: 'spring',
      },
    ],
  },
  most_frequent: {
    asks: 'the value seen most often, among the newest 64 events that carry one; of several, the one seen last',
    examples: [
      {
        kind: 'most_frequent',
        event: 'Product Viewed',
        property: 'category',
        window: { last: 'P90D' },
        op: 'is',
        value: 'shoes',
      },
    ],
  },
  sequence: {
    asks: 'one of the newest 32 first events in the window was followed in time by another event; `by`: a property equal in both',
    examples: [
      {
        kind: 'sequence',
        first: { event: 'Product Viewed' },
        then: { event: 'Product Added' },
        within: 'P1D',
        by: 'product_id',
        window: { last: 'P30D' },
      },
    ],
  },
  unfollowed: {
    asks: 'one of the newest 32 first events in the window was not followed in time, and the time is up; with `by` the newest of each value is asked',
    examples: [
      {
        kind: 'unfollowed',
        first: { event: 'Checkout Started' },
        then: { event: 'Order Completed' },
        within: 'PT1H',
        by: 'cart_id',
        window: { last: 'P7D' },
      },
      {
        kind: 'unfollowed',
        first: { event: 'Checkout Started' },
        then: { event: ['Order Completed', 'Checkout Started'] },
        within: 'PT1H',
        window: { last: 'P7D' },
      },
    ],
  },
  per_value: {
    asks: 'some value was seen n times, among the newest 64 such events',
    examples: [
      {
        kind: 'per_value',
        event: 'Product Viewed',
        property: 'product_id',
        window: { last: 'P14D' },
        n: 2,
      },
    ],
  },
  orders: {
    asks: 'on how many distinct local days with a net order',
    examples: [
      { kind: 'orders', op: 'at_least', n: 2 },
      { kind: 'orders', op: 'at_most', n: 0 },
    ],
  },
  order_span: {
    asks: 'first and last net order lie at least this far apart',
    examples: [{ kind: 'order_span', at_least: 'P180D' }],
  },
  last_order: {
    asks: 'the last net order is younger than this',
    examples: [{ kind: 'last_order', within: 'P14D' }],
  },
  spend_trend: {
    asks: 'spend, net of refunds, of the last days against as many days before them',
    examples: [{ kind: 'spend_trend', days: 90, op: 'under', share: 0.5, orders_at_least: 3 }],
  },
  quiet: {
    asks: 'silent for so many of their own gaps, bounded below and above (`orders` or `visits`); with `one_in` 3 or 10, where a rhythm was learnt, past their lapse moment',
    examples: [
      { kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' },
      { kind: 'quiet', of: 'orders', one_in: 3, gaps: 2, min: 'P14D', max: 'P365D' },
    ],
  },
  predicted: {
    asks: 'a model of the orders stands; without one the next three hold of nobody',
    examples: [{ kind: 'predicted' }],
  },
  order_chance: {
    asks: 'the chance of an order within so long, a share of 1; asked anew at fixed silences after the last order',
    examples: [{ kind: 'order_chance', within: 'P365D', op: 'under', share: 0.05 }],
  },
  next_order: {
    asks: 'the next order, if there is one, is expected within so long, or overdue; expected anew at fixed silences',
    examples: [{ kind: 'next_order', within: 'P7D' }],
  },
  lifetime_value: {
    asks: 'spent so far and expected in 365 days (10 % less a year), in the workspace’s currency; expected anew at fixed silences',
    examples: [{ kind: 'lifetime_value', op: 'over', value: 500 }],
  },
  date: {
    asks: 'on the days from so many after a date to so many, both included; before it they are negative; `of` a trait, `first_order`, `last_order`, `first_seen`',
    examples: [
      { kind: 'date', of: { kind: 'trait', path: 'renewal_date' }, from: -14 },
      { kind: 'date', of: { kind: 'last_order' }, from: 1, to: 7 },
    ],
  },
  anniversary: {
    asks: 'the same around each anniversary of the date, from the first on; 29 February falls on 28 February in other years',
    examples: [
      { kind: 'anniversary', of: { kind: 'trait', path: 'birthday' }, from: -7, to: 0 },
      { kind: 'anniversary', of: { kind: 'first_order' }, from: 0 },
    ],
  },
  stage: {
    asks: 'in one of these stages, and for so long if asked',
    examples: [{ kind: 'stage', model: 'default', stage: 'build_up', for: 'P60D' }],
  },
  segment: {
    asks: 'a member of the segment',
    examples: [{ kind: 'segment', segment: 'unhappy' }],
  },
  consent: {
    asks: 'consent is given, for a channel or any, a topic or any',
    examples: [{ kind: 'consent', channel: 'email', topic: 'offers' }],
  },
  episode: {
    asks: 'which episode of the relationship',
    examples: [{ kind: 'episode', op: 'at_least', n: 2 }],
  },
  tier: {
    asks: 'in one of these tiers of a loyalty programme, and for so long if asked',
    examples: [{ kind: 'tier', programme: 'club', tier: ['silver', 'gold'], for: 'P30D' }],
  },
  points: {
    asks: 'points of a loyalty programme: `balance` to spend now, `expiring` of them `within` so long, `earned` in all or in a window of whole days, `owed` because they were spent and then taken back',
    examples: [
      { kind: 'points', programme: 'club', of: 'balance', op: 'at_least', value: 500 },
      { kind: 'points', programme: 'club', of: 'expiring', within: 'P30D', op: 'over', value: 0 },
      {
        kind: 'points',
        programme: 'club',
        of: 'earned',
        window: { last: 'P365D' },
        op: 'at_least',
        value: 1000,
      },
      { kind: 'points', programme: 'club', of: 'owed', op: 'over', value: 0 },
    ],
  },
  in_journey: {
    asks: 'in a run of this journey now',
    examples: [{ kind: 'in_journey', journey: 'welcome' }],
  },
  share: {
    asks: 'a stable random share of people: a hash of person and salt, never chance',
    examples: [{ kind: 'share', of: 0.2, salt: 'spring' }],
  },
};
