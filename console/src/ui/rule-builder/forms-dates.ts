// Conditions about dates of a person: so many days before or after one, or around its anniversaries.
import { isObject } from '../../lib/rule-tree.ts';
import type { RuleJson } from '../../api/rules.ts';
import { verb, words, type Form } from './form.ts';
import type { Part } from './part.ts';

/** Days before the date are negative. */
const span: readonly Part[] = [
  { part: 'number', key: 'from', label: 'From so many days after (before: negative)', unit: ['day', 'days'] },
  {
    part: 'more',
    key: 'to',
    add: 'to …',
    start: 0,
    parts: [
      words('to'),
      { part: 'number', key: 'to', label: 'To so many days after (before: negative)', unit: ['day', 'days'] },
    ],
  },
];

const dateOf = (rule: RuleJson): readonly Part[] => {
  const { of } = rule;
  const trait = isObject(of) && of['kind'] === 'trait' ? of : { kind: 'trait', path: 'birthday' };
  return [
    {
      part: 'choice',
      key: 'of',
      label: 'Which date',
      options: [
        { value: trait, text: 'a date told of them:' },
        { value: { kind: 'first_order' }, text: 'their first order' },
        { value: { kind: 'last_order' }, text: 'their last order' },
        { value: { kind: 'first_seen' }, text: 'the day they were first seen' },
      ],
    },
    ...(isObject(of) && of['kind'] === 'trait'
      ? [{ part: 'trait' as const, key: 'of.path', label: 'Date' }]
      : []),
  ];
};

export const dateForms = {
  date: {
    menu: [
      {
        group: 'dates',
        title: 'so many days before or after a date',
        example: 'is 14 days before their “renewal_date”',
        also: 'date renewal expiry contract reminder days until since',
        rule: () => ({ kind: 'date', of: { kind: 'trait', path: 'renewal_date' }, from: -14 }),
      },
    ],
    parts: (rule) => [verb('is', 'is not'), ...span, words('after (before: negative)'), ...dateOf(rule)],
  },
  anniversary: {
    menu: [
      {
        group: 'dates',
        title: 'has a birthday or another anniversary',
        example: 'is on the day of an anniversary of their “birthday”',
        also: 'birthday anniversary yearly jubilee',
        rule: () => ({ kind: 'anniversary', of: { kind: 'trait', path: 'birthday' }, from: 0 }),
      },
    ],
    parts: (rule) => [
      verb('is', 'is not'),
      ...span,
      words('after (before: negative) an anniversary of'),
      ...dateOf(rule),
    ],
  },
} as const satisfies { readonly [kind: string]: Form };
