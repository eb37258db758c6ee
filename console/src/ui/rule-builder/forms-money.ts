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
