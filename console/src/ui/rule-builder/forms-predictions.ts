// Conditions about silence and what is to be expected.
import { amounts, verb, words, type Form } from './form.ts';

const amount = {
  part: 'choice',
  key: 'op',
  label: 'More or less',
  options: amounts,
} as const;

export const predictionForms = {
  quiet: {
    menu: [
      {
        group: 'relation',
        title: 'is unusually quiet',
        example: 'is unusually quiet: no order for longer than is normal for them',
        also: 'silence lapse churn rhythm inactive gap broken prediction at risk',
        rule: () => ({ kind: 'quiet', of: 'orders', one_in: 3, gaps: 2, min: 'P14D', max: 'P365D' }),
      },
    ],
    parts: (rule) => [
      verb('is unusually quiet:', 'is not unusually quiet:'),
      {
        part: 'choice',
        key: 'of',
        label: 'Silence of what',
        options: [
          { value: 'orders', text: 'no order' },
          { value: 'visits', text: 'no visit' },
        ],
      },
      words('for'),
      {
        part: 'choice',
        key: 'one_in',
        label: 'How careful',
        options: [
          { value: 3, text: 'longer than 2 in 3 of their silences' },
          { value: 10, text: 'longer than 9 in 10 of their silences' },
          { value: undefined, text: 'a number of gaps' },
        ],
      },
      ...(rule['one_in'] === undefined ? [] : [words('; until their rhythm is learnt, for')]),
      { part: 'number', key: 'gaps', label: 'Usual gaps' },
      words('times their own usual gap, but never sooner than'),
      { part: 'duration', key: 'min', label: 'Never sooner than' },
      words('and never later than'),
      { part: 'duration', key: 'max', label: 'Never later than' },
      {
        part: 'more',
        key: 'days_at_least',
        add: 'only after several days',
        start: 3,
        parts: [
          words(', only people seen on at least'),
          { part: 'number', key: 'days_at_least', label: 'Only after so many days', unit: ['day', 'days'] },
        ],
      },
    ],
  },
  predicted: {
    menu: [
      {
        group: 'relation',
        title: 'the rhythm was learnt',
        example: 'the shop’s rhythm is learnt',
        also: 'prediction model fit forecast available',
        rule: () => ({ kind: 'predicted' }),
      },
    ],
    parts: () => [verb('the shop’s rhythm is learnt', 'the shop’s rhythm is not learnt yet')],
  },
  order_chance: {
    menu: [
      {
        group: 'money',
        title: 'is likely to order',
        example: 'has a chance of at least 50 % to order within 30 days',
        also: 'prediction probability purchase likely churn risk score',
        rule: () => ({ kind: 'order_chance', within: 'P30D', op: 'at_least', share: 0.5 }),
      },
    ],
    parts: () => [
      verb('has a chance of', 'does not have a chance of'),
      amount,
      { part: 'number', key: 'share', label: 'Chance', percent: true },
      words('to order within'),
      { part: 'duration', key: 'within', label: 'Within' },
    ],
  },
  next_order: {
    menu: [
      {
        group: 'money',
        title: 'is expected to order soon',
        example: 'is expected to order within 7 days, or overdue',
        also: 'prediction next purchase date due replenish expected',
        rule: () => ({ kind: 'next_order', within: 'P7D' }),
      },
    ],
    parts: () => [
      verb('is expected to order', 'is not expected to order'),
      words('within'),
      { part: 'duration', key: 'within', label: 'Within' },
      words(', or overdue'),
    ],
  },
  lifetime_value: {
    menu: [
      {
        group: 'money',
        title: 'has a lifetime value',
        example: 'has a lifetime value of more than 500, expected included',
        also: 'clv ltv prediction worth valuable best customers money future',
        rule: () => ({ kind: 'lifetime_value', op: 'over', value: 500 }),
      },
    ],
    parts: () => [
      verb('has a lifetime value of', 'does not have a lifetime value of'),
      amount,
      { part: 'amount', key: 'value', label: 'Amount' },
      words(', expected included'),
    ],
  },
} as const satisfies { readonly [kind: string]: Form };
