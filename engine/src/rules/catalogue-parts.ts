// What kinds of rules are made of, each with an example and what it asks: comparisons, windows, anchors, operators. One without
// an entry here does not compile.
import type { CatalogueEntry } from './catalogue.ts';
import type { AmountOp, Anchor, Comparison, CountOp, Rule, Window } from './rule.ts';

/** The key that tells one form of a union from the others: `last` and `since` of a window. */
type FormOf<Union> = Union extends unknown ? keyof Union & string : never;

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
