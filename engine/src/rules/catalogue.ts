// Everything a rule may be made of, with an example and what it asks in one line: what docs/rules.md and the rule builder
// show. A kind, comparison, window, anchor or operator without an entry here does not compile.
import type { AmountOp, Anchor, Comparison, CountOp, Rule, Window } from './rule.ts';

/** The first example is the plainest; further ones show what else the kind can do. */
export interface CatalogueEntry<Example extends Rule = Rule> {
  readonly asks: string;
  readonly examples: readonly [Example, ...Example[]];
}

type OfKind<Kind extends Rule['kind']> = Extract<Rule, { readonly kind: Kind }>;
/** The key that tells one form of a union from the others: `last` and `since` of a window. */
type FormOf<Union> = Union extends unknown ? keyof Union & string : never;

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
    asks: 'one of them was not followed in time, and the time is up; `by`: asked of the newest first event of each of the newest 32 values',
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
    asks: 'silent for so many of their own gaps, bounded below and above (`orders` or `visits`)',
    examples: [{ kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' }],
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
  in_journey: {
    asks: 'in a run of this journey now',
    examples: [{ kind: 'in_journey', journey: 'welcome' }],
  },
  share: {
    asks: 'a stable random share of people: a hash of person and salt, never chance',
    examples: [{ kind: 'share', of: 0.2, salt: 'spring' }],
  },
};

export const ruleComparisons: { readonly [op in Comparison]: CatalogueEntry } = {
  is: {
    asks: 'the same text, number or truth',
    examples: [{ kind: 'trait', path: 'plan', op: 'is', value: 'gold' }],
  },
  is_not: {
    asks: 'known, and another',
    examples: [{ kind: 'trait', path: 'plan', op: 'is_not', value: 'gold' }],
  },
  one_of: {
    asks: 'one of a list',
    examples: [{ kind: 'trait', path: 'plan', op: 'one_of', value: ['gold', 'silver'] }],
  },
  none_of: {
    asks: 'known, and none of a list',
    examples: [{ kind: 'trait', path: 'plan', op: 'none_of', value: ['gold', 'silver'] }],
  },
  contains: {
    asks: 'a text with this part, or a list with this value',
    examples: [{ kind: 'trait', path: 'tags', op: 'contains', value: 'vegan' }],
  },
  not_contains: {
    asks: 'a text without this part, or a list without this value',
    examples: [{ kind: 'trait', path: 'tags', op: 'not_contains', value: 'vegan' }],
  },
  starts_with: {
    asks: 'a text that begins so',
    examples: [{ kind: 'trait', path: 'postcode', op: 'starts_with', value: '80' }],
  },
  ends_with: {
    asks: 'a text that ends so',
    examples: [{ kind: 'trait', path: 'company', op: 'ends_with', value: 'GmbH' }],
  },
  matches: {
    asks: 'a text in which a pattern is found',
    examples: [{ kind: 'trait', path: 'company', op: 'matches', value: '(?i)\\b(gmbh|ag)$' }],
  },
  over: {
    asks: 'a number above; a text is never compared with a number',
    examples: [{ kind: 'trait', path: 'age', op: 'over', value: 64 }],
  },
  at_least: {
    asks: 'a number, this or above',
    examples: [{ kind: 'trait', path: 'age', op: 'at_least', value: 65 }],
  },
  under: {
    asks: 'a number below',
    examples: [{ kind: 'trait', path: 'age', op: 'under', value: 18 }],
  },
  at_most: {
    asks: 'a number, this or below',
    examples: [{ kind: 'trait', path: 'age', op: 'at_most', value: 17 }],
  },
  before: {
    asks: 'an earlier local day; with a time of day, an earlier instant',
    examples: [{ kind: 'trait', path: 'born', op: 'before', value: '2008-01-01' }],
  },
  after: {
    asks: 'a later local day; with a time of day, a later instant',
    examples: [{ kind: 'trait', path: 'contract_ends', op: 'after', value: '2026-12-31' }],
  },
  known: {
    asks: 'there is a value that is not null',
    examples: [{ kind: 'trait', path: 'birthday', op: 'known' }],
  },
  unknown: {
    asks: 'there is no value, or null',
    examples: [{ kind: 'trait', path: 'birthday', op: 'unknown' }],
  },
};

export const ruleWindows: { readonly [form in 'all_time' | FormOf<Window>]: CatalogueEntry } = {
  all_time: {
    asks: 'no window: all time',
    examples: [{ kind: 'count', event: 'Page Viewed', op: 'at_least', n: 3 }],
  },
  last: {
    asks: 'a rolling window: an event at *t* counts for *t* ≤ now < *t* + *w*; amounts go by whole local days (`P30D`) or hours (`PT6H`)',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { last: 'P7D' }, op: 'at_least', n: 3 }],
  },
  since: {
    asks: 'strictly after an anchor; without the anchor the leaf is false',
    examples: [
      {
        kind: 'count',
        event: 'Page Viewed',
        window: { since: { kind: 'last_order' } },
        op: 'at_least',
        n: 3,
      },
    ],
  },
  this: {
    asks: 'the calendar period in which now lies, in the workspace’s zone: `day`, `week` (from Monday), `month`, `quarter`, `year`',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { this: 'month' }, op: 'at_least', n: 3 }],
  },
  previous: {
    asks: 'the calendar period before that one',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { previous: 'week' }, op: 'at_least', n: 3 }],
  },
};

export const ruleAnchors: { readonly [kind in Anchor['kind']]: CatalogueEntry } = {
  last_order: {
    asks: 'since the last net order',
    examples: [
      {
        kind: 'count',
        event: 'Survey Answered',
        window: { since: { kind: 'last_order' } },
        op: 'at_least',
        n: 1,
      },
    ],
  },
  episode: {
    asks: 'since this episode of the relationship began; the first has no beginning',
    examples: [
      {
        kind: 'count',
        event: 'Order Completed',
        window: { since: { kind: 'episode' } },
        op: 'at_least',
        n: 1,
      },
    ],
  },
  stage: {
    asks: 'since the present stage of a lifecycle model was entered',
    examples: [
      {
        kind: 'count',
        event: 'Order Completed',
        window: { since: { kind: 'stage', model: 'default' } },
        op: 'at_least',
        n: 1,
      },
    ],
  },
  run: {
    asks: 'since this run began: in the goal, exit rule and branches of a journey',
    examples: [
      { kind: 'count', event: 'Order Completed', window: { since: { kind: 'run' } }, op: 'at_least', n: 1 },
    ],
  },
};

export const ruleCountOps: { readonly [op in CountOp]: CatalogueEntry } = {
  at_least: {
    asks: 'so many or more',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { last: 'P1D' }, op: 'at_least', n: 2 }],
  },
  at_most: {
    asks: 'so many or fewer; at most 0 is never',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { last: 'P1D' }, op: 'at_most', n: 2 }],
  },
  exactly: {
    asks: 'so many, neither more nor fewer',
    examples: [{ kind: 'count', event: 'Page Viewed', window: { last: 'P1D' }, op: 'exactly', n: 2 }],
  },
};

export const ruleAmountOps: { readonly [op in AmountOp]: CatalogueEntry } = {
  over: {
    asks: 'more than the amount, compared exactly as decimals',
    examples: [spent('over')],
  },
  at_least: {
    asks: 'the amount or more',
    examples: [spent('at_least')],
  },
  under: {
    asks: 'less than the amount; an empty sum is 0',
    examples: [spent('under')],
  },
  at_most: {
    asks: 'the amount or less',
    examples: [spent('at_most')],
  },
};

function spent(op: AmountOp): Rule {
  return {
    kind: 'sum',
    event: 'Order Completed',
    property: 'total',
    window: { last: 'P30D' },
    op,
    value: '50.00',
  };
}
