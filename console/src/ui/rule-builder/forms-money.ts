// Conditions about orders and money.
import {
  amounts,
  anyWindow,
  eventOf,
  events,
  howMany,
  property,
  trendParts,
  verb,
  where,
  words,
  type Form,
} from './form.ts';

function amountForm(
  kind: 'average' | 'minimum' | 'maximum',
  title: string,
  noun: string,
  also: string,
): Form {
  return {
    menu: [
      {
        group: 'money',
        title,
        example: `has ${noun} “total” of “Order Completed” that is more than 100`,
        also,
        rule: (seen) => ({ kind, event: eventOf(seen), property: 'total', op: 'over', value: 100 }),
      },
    ],
    parts: () => [
      verb(`has ${noun}`, `does not have ${noun}`),
      property(),
      words('of'),
      events,
      anyWindow,
      words('that is'),
      { part: 'choice', key: 'op', label: 'More or less', options: amounts },
      { part: 'amount', key: 'value', label: 'Amount' },
      where,
    ],
  };
}

export const moneyForms = {
  sum: {
    menu: [
      {
        group: 'money',
        title: 'a total of something',
        example: 'has more than 100 in total of “total” of “Order Completed” in the last 30 days',
        also: 'sum spent revenue money amount points',
        rule: (seen) => ({
          kind: 'sum',
          event: eventOf(seen),
          property: 'total',
          window: { last: 'P30D' },
          op: 'over',
          value: 100,
        }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      { part: 'choice', key: 'op', label: 'More or less', options: amounts },
      { part: 'amount', key: 'value', label: 'Amount' },
      words('in total of'),
      property(),
      words('of'),
      events,
      anyWindow,
      where,
    ],
  },
  average: amountForm('average', 'an average of something', 'an average', 'mean usual score nps csat rating'),
  minimum: amountForm('minimum', 'the smallest of something', 'a smallest', 'minimum lowest least worst'),
  maximum: amountForm(
    'maximum',
    'the largest of something',
    'a largest',
    'maximum highest biggest most best',
  ),
  spend: {
    menu: [
      {
        group: 'money',
        title: 'has spent so much',
        example: 'has spent at least 500 in all in the last 90 days',
        also: 'money revenue value total turnover net refunds big spender',
        rule: () => ({ kind: 'spend', per: 'all', window: { last: 'P90D' }, op: 'at_least', value: 500 }),
      },
      {
        group: 'money',
        title: 'spends so much per order',
        example: 'has spent more than 80 per order on average',
        also: 'average order value basket cart size aov',
        rule: () => ({ kind: 'spend', per: 'order', op: 'over', value: 80 }),
      },
    ],
    parts: () => [
      verb('has spent', 'has not spent'),
      { part: 'choice', key: 'op', label: 'More or less', options: amounts },
      { part: 'amount', key: 'value', label: 'Amount' },
      {
        part: 'choice',
        key: 'per',
        label: 'In all or per order',
        options: [
          { value: 'all', text: 'in all' },
          { value: 'order', text: 'per order on average' },
        ],
      },
      anyWindow,
    ],
  },
  orders: {
    menu: [
      {
        group: 'money',
        title: 'has ordered',
        example: 'has ordered on at least 2 days',
        also: 'orders bought purchase customer repeat',
        rule: () => ({ kind: 'orders', op: 'at_least', n: 2 }),
      },
      {
        group: 'money',
        title: 'has never ordered',
        example: 'has ordered on at most 0 days',
        also: 'no purchase prospect lead not bought',
        rule: () => ({ kind: 'orders', op: 'at_most', n: 0 }),
      },
    ],
    parts: () => [
      verb('has ordered', 'has not ordered'),
      words('on'),
      howMany(),
      { part: 'number', key: 'n', label: 'Days with an order', unit: ['day', 'days'] },
    ],
  },
  last_order: {
    menu: [
      {
        group: 'money',
        title: 'has ordered lately',
        example: 'has ordered within the last 14 days',
        also: 'recent last order purchase recency',
        rule: () => ({ kind: 'last_order', within: 'P14D' }),
      },
      {
        group: 'money',
        title: 'has not ordered for some time',
        example: 'has not ordered within the last 60 days',
        also: 'lapsed silent inactive no second purchase',
        rule: () => ({ kind: 'not', rule: { kind: 'last_order', within: 'P60D' } }),
      },
    ],
    parts: () => [
      verb('has ordered', 'has not ordered'),
      words('within the last'),
      { part: 'duration', key: 'within', label: 'Within the last' },
    ],
  },
  order_span: {
    menu: [
      {
        group: 'money',
        title: 'has been a customer for long',
        example: 'has at least 180 days between first and last order',
        also: 'tenure loyal since first order span',
        rule: () => ({ kind: 'order_span', at_least: 'P180D' }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      words('at least'),
      { part: 'duration', key: 'at_least', label: 'At least' },
      words('between first and last order'),
    ],
  },
  spend_trend: {
    menu: [
      {
        group: 'money',
        title: 'spends less, or more, than before',
        example: 'has spent in the last 90 days less than 50 % of the 90 days before',
        also: 'shrinking decline growth revenue trend',
        rule: () => ({ kind: 'spend_trend', days: 90, op: 'under', share: 0.5, orders_at_least: 3 }),
      },
    ],
    parts: () => [
      verb('has spent', 'has not spent'),
      words('in the last'),
      { part: 'number', key: 'days', label: 'Days', unit: ['day', 'days'] },
      ...trendParts,
      words('of that in as many days before'),
      {
        part: 'more',
        key: 'orders_at_least',
        add: 'only with enough orders',
        start: 3,
        parts: [
          words(', with at least'),
          {
            part: 'number',
            key: 'orders_at_least',
            label: 'At least so many orders in both together',
            unit: ['order', 'orders'],
          },
          words('in both together'),
        ],
      },
    ],
  },
} as const satisfies { readonly [kind: string]: Form };
