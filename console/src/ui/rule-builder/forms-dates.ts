// Conditions about dates of a person: so many days before or after one, or around its anniversaries.
import { isObject } from '../../lib/rule-tree.ts';
import type { RuleJson } from '../../api/rules.ts';
import { verb, words, type Form } from './form.ts';
import type { Part } from './part.ts';

const span: readonly Part[] = [
  { part: 'days', key: 'from', label: 'From' },
  {
    part: 'more',
    key: 'to',
    add: 'to …',
    start: 0,
    parts: [words('to'), { part: 'days', key: 'to', label: 'To' }],
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
        { value: trait, text: 'their date' },
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
    parts: (rule) => [verb('is', 'is not'), ...span, ...dateOf(rule)],
  },
  anniversary: {
    menu: [
      {
        group: 'dates',
        title: 'has a birthday or another anniversary',
        example: 'is on an anniversary of their “birthday”',
        also: 'birthday anniversary yearly jubilee',
        rule: () => ({ kind: 'anniversary', of: { kind: 'trait', path: 'birthday' }, from: 0 }),
      },
    ],
    parts: (rule) => [verb('is', 'is not'), ...span, words('an anniversary of'), ...dateOf(rule)],
  },
} as const satisfies { readonly [kind: string]: Form };
