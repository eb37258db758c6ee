// Conditions about what somebody did.
import type { RuleJson } from '../../api/rules.ts';
import type { Vocabulary } from '../../api/vocabulary.ts';
import {
  anyWindow,
  counts,
  eventOf,
  events,
  howMany,
  isSeen,
  property,
  trendParts,
  verb,
  viewOf,
  where,
  words,
  type Form,
} from './form.ts';
import type { Part } from './part.ts';

const sequence = (joint: string): readonly Part[] => [
  { part: 'events', key: 'first.event' },
  { part: 'where', key: 'first.where' },
  anyWindow,
  words(joint),
  { part: 'events', key: 'then.event' },
  { part: 'where', key: 'then.where' },
  {
    part: 'more',
    key: 'by',
    add: 'with the same …',
    start: 'product_id',
    parts: [
      words('with the same'),
      { part: 'property', key: 'by', label: 'The same in both', events: 'first.event' },
    ],
  },
  words('within'),
  { part: 'duration', key: 'within', label: 'Within' },
];
const sequenceRule = (kind: 'sequence' | 'unfollowed', seen: Vocabulary): RuleJson => ({
  kind,
  first: {
    event:
      ['Checkout Started', 'Product Added', viewOf(seen)].find((name) => isSeen(seen, name)) ?? viewOf(seen),
  },
  then: { event: eventOf(seen) },
  within: kind === 'sequence' ? 'P1D' : 'PT1H',
  window: { last: 'P7D' },
});

export const eventForms = {
  count: {
    menu: [
      {
        group: 'did',
        title: 'has done something',
        example: 'has done “Order Completed” at least 2 times in the last 60 days',
        also: 'event often times count performed action',
        rule: (seen) => ({
          kind: 'count',
          event: eventOf(seen),
          window: { last: 'P30D' },
          op: 'at_least',
          n: 1,
        }),
      },
      {
        group: 'did',
        title: 'has not done something',
        example: 'has not done “Page Viewed” in the last 30 days',
        also: 'never absence silent without zero stopped',
        rule: (seen) => ({
          kind: 'count',
          event: eventOf(seen),
          window: { last: 'P30D' },
          op: 'at_most',
          n: 0,
        }),
      },
    ],
    parts: () => [
      verb('has done', 'has not done'),
      events,
      howMany(),
      { part: 'number', key: 'n', label: 'Times', unit: ['time', 'times'] },
      anyWindow,
      where,
    ],
  },
  days: {
    menu: [
      {
        group: 'did',
        title: 'was there on several days',
        example: 'has done “Page Viewed” on at least 3 days in the last 14 days',
        also: 'visits distinct active regular days',
        rule: (seen) => ({
          kind: 'days',
          event: viewOf(seen),
          window: { last: 'P14D' },
          op: 'at_least',
          n: 3,
        }),
      },
    ],
    parts: () => [
      verb('has done', 'has not done'),
      events,
      words('on'),
      howMany(counts.slice(0, 2)),
      { part: 'number', key: 'n', label: 'Days', unit: ['day', 'days'] },
      anyWindow,
      where,
    ],
  },
  per_value: {
    menu: [
      {
        group: 'did',
        title: 'came back to the same thing',
        example: 'has done “Product Viewed” at least 2 times with the same “product_id”',
        also: 'repeated product interest again same value',
        rule: (seen) => ({
          kind: 'per_value',
          event: viewOf(seen),
          property: 'product_id',
          window: { last: 'P14D' },
          n: 2,
        }),
      },
    ],
    parts: () => [
      verb('has done', 'has not done'),
      events,
      words('at least'),
      { part: 'number', key: 'n', label: 'Times', unit: ['time', 'times'] },
      words('with the same'),
      property(),
      anyWindow,
      where,
    ],
  },
  distinct: {
    menu: [
      {
        group: 'did',
        title: 'looked at, or chose, several things',
        example: 'has done “Product Viewed” with at least 3 different “category”',
        also: 'distinct different variety unique values breadth',
        rule: (seen) => ({
          kind: 'distinct',
          event: viewOf(seen),
          property: 'category',
          window: { last: 'P30D' },
          op: 'at_least',
          n: 3,
        }),
      },
    ],
    parts: () => [
      verb('has done', 'has not done'),
      events,
      words('with'),
      howMany(),
      { part: 'number', key: 'n', label: 'Different values', unit: ['different', 'different'] },
      property(),
      anyWindow,
      where,
    ],
  },
  latest: {
    menu: [
      {
        group: 'did',
        title: 'the newest time said something',
        example: 'has a newest “Survey Answered” whose “score” is at most 6',
        also: 'last latest recent survey answer score nps csat property',
        rule: (seen) => ({
          kind: 'latest',
          event: seen.events.some(({ name }) => name === 'Survey Answered')
            ? 'Survey Answered'
            : eventOf(seen),
          property: seen.events.some(({ name }) => name === 'Survey Answered') ? 'score' : 'total',
          window: { last: 'P90D' },
          op: 'at_most',
          value: 6,
        }),
      },
    ],
    parts: () => [
      verb('has a newest', 'has no newest'),
      events,
      where,
      anyWindow,
      words('whose'),
      property(),
      { part: 'comparison', of: 'property', path: 'property' },
    ],
  },
  first: {
    menu: [
      {
        group: 'did',
        title: 'the very first time said something',
        example: 'has a first “Page Viewed” whose “campaign” is “spring”',
        also: 'first ever acquisition source campaign began',
        rule: (seen) => ({
          kind: 'first',
          event: eventOf(seen),
          property: '$time',
          op: 'after',
          value: '2026-01-01',
        }),
      },
    ],
    parts: () => [
      verb('has a first', 'has no first'),
      events,
      where,
      words('ever'),
      anyWindow,
      words('whose'),
      property(),
      { part: 'comparison', of: 'property', path: 'property' },
    ],
  },
  most_frequent: {
    menu: [
      {
        group: 'did',
        title: 'what they choose most often',
        example: 'has done “Product Viewed” with the most frequent “category” that is “shoes”',
        also: 'favourite most frequent common category preferred taste',
        rule: (seen) => ({
          kind: 'most_frequent',
          event: viewOf(seen),
          property: 'category',
          window: { last: 'P90D' },
          op: 'known',
        }),
      },
    ],
    parts: () => [
      verb('has done', 'has not done'),
      events,
      anyWindow,
      words('with a most frequent'),
      property(),
      words('that'),
      { part: 'comparison', of: 'property', path: 'property' },
      where,
    ],
  },
  sequence: {
    menu: [
      {
        group: 'did',
        title: 'did one thing and then another',
        example: 'has done “Product Viewed” and then “Product Added” within 1 day',
        also: 'sequence followed by after next step funnel',
        rule: (seen) => sequenceRule('sequence', seen),
      },
    ],
    parts: () => [verb('has done', 'has not done'), ...sequence('that was followed by')],
  },
  unfollowed: {
    menu: [
      {
        group: 'did',
        title: 'began something and did not go on',
        example: 'has done “Checkout Started” that was not followed by “Order Completed” within 1 hour',
        also: 'abandoned cart checkout without unfollowed dropped off sequence',
        rule: (seen) => sequenceRule('unfollowed', seen),
      },
    ],
    parts: () => [verb('has done', 'has not done'), ...sequence('that was not followed by')],
  },
  trend: {
    menu: [
      {
        group: 'did',
        title: 'does something less, or more, than before',
        example: 'has “Page Viewed” in the last 30 days less than 50 % of the 30 days before',
        also: 'decline growth shrinking compared period window change fading',
        rule: (seen) => ({ kind: 'trend', event: viewOf(seen), days: 30, op: 'under', share: 0.5 }),
      },
    ],
    parts: (rule) => [
      verb('has', 'does not have'),
      {
        part: 'choice',
        key: 'property',
        label: 'What is compared',
        options: [
          { value: undefined, text: 'a number of' },
          { value: rule['property'] ?? 'total', text: 'a total' },
        ],
      },
      ...(rule['property'] === undefined ? [] : [words('of'), property(), words('of')]),
      events,
      where,
      words('in the last'),
      { part: 'number', key: 'days', label: 'Days', unit: ['day', 'days'] },
      words('that is'),
      ...trendParts,
      words('of that in as many days before'),
      {
        part: 'more',
        key: 'count_at_least',
        add: 'only with enough of them',
        start: 3,
        parts: [
          words(', with at least'),
          {
            part: 'number',
            key: 'count_at_least',
            label: 'At least so many in both together',
            unit: ['event', 'events'],
          },
          words('in both together'),
        ],
      },
    ],
  },
} as const satisfies { readonly [kind: string]: Form };
