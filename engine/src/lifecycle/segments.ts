// The shared conditions of PRODUCT.md section 3, shipped as segments: what the presets are made of. Each can be edited.
import type { SegmentDefinition } from '../definition.ts';
import type { Rule } from '../rules/rule.ts';

const PURCHASE = 'Order Completed';
/** Words by which someone ends the relationship; a later order takes them back. */
const LEFT = ['Account Closed', 'Subscription Ended', 'Farewell Requested'];

const segment = (key: string): Rule => ({ kind: 'segment', segment: key });
const score = (metric: string, window: string, op: 'at_least' | 'at_most', value: number): Rule => ({
  kind: 'latest',
  event: 'Survey Answered',
  where: [{ property: 'metric', op: 'is', value: metric }],
  property: 'score',
  window: { last: window },
  op,
  value,
});
const happened = (event: string | readonly string[], window: string): Rule => ({
  kind: 'count',
  event,
  window: { last: window },
  op: 'at_least',
  n: 1,
});

export const shippedSegments: readonly SegmentDefinition[] = [
  shipped('known', 'Known', { kind: 'identity', has: ['email', 'phone', 'user_id'] }),
  shipped('consented', 'Consented', { kind: 'consent' }),
  shipped('customers', 'Customers', { kind: 'orders', op: 'at_least', n: 1 }),
  shipped('quiet', 'Unusually quiet', {
    kind: 'all',
    rules: [
      { kind: 'orders', op: 'at_least', n: 1 },
      // A friendly question may come too soon one time in three.
      { kind: 'quiet', of: 'orders', one_in: 3, gaps: 2, min: 'P14D', max: 'P365D' },
    ],
  }),
  shipped('quiet_visitors', 'Quiet visitors', {
    kind: 'quiet',
    of: 'visits',
    one_in: 3,
    gaps: 2,
    min: 'P14D',
    max: 'P365D',
    days_at_least: 3,
  }),
  shipped('open_complaint', 'Open complaint', {
    kind: 'latest',
    event: ['Complaint Opened', 'Complaint Resolved'],
    property: '$event',
    op: 'is',
    value: 'Complaint Opened',
  }),
  shipped('unhappy', 'Unhappy', {
    kind: 'any',
    rules: [
      score('nps', 'P90D', 'at_most', 6),
      score('csat', 'P90D', 'at_most', 2),
      happened(['Order Returned', 'Order Refunded'], 'P30D'),
      segment('open_complaint'),
    ],
  }),
  shipped('shrinking', 'Shrinking', {
    kind: 'spend_trend',
    days: 90,
    op: 'under',
    share: 0.5,
    orders_at_least: 3,
  }),
  shipped('warning', 'Warning', {
    kind: 'any',
    rules: [segment('quiet'), segment('unhappy'), segment('shrinking')],
  }),
  shipped('gone', 'Gone', {
    kind: 'any',
    rules: [
      { kind: 'latest', event: [...LEFT, PURCHASE], property: '$event', op: 'one_of', value: LEFT },
      {
        kind: 'all',
        rules: [
          { kind: 'orders', op: 'at_least', n: 1 },
          segment('quiet'),
          { kind: 'order_chance', within: 'P365D', op: 'under', share: 0.15 },
        ],
      },
      {
        kind: 'all',
        rules: [
          { kind: 'orders', op: 'at_least', n: 1 },
          { kind: 'not', rule: { kind: 'predicted' } },
          { kind: 'quiet', of: 'orders', gaps: 4, min: 'P180D', max: 'P730D' },
        ],
      },
    ],
  }),
  shipped('first_order_returned', 'Returned their first purchase', {
    kind: 'all',
    rules: [
      happened(['Order Returned', 'Order Refunded', 'Order Cancelled'], 'P30D'),
      { kind: 'orders', op: 'at_most', n: 1 },
      { kind: 'count', event: PURCHASE, op: 'exactly', n: 1 },
    ],
  }),
  shipped('left_checkout', 'Left the checkout', {
    kind: 'all',
    rules: [
      {
        kind: 'unfollowed',
        first: { event: 'Checkout Started' },
        then: { event: [PURCHASE, 'Checkout Started'] },
        within: 'PT1H',
        window: { last: 'P3D' },
      },
      // Ordered later than that is ordered all the same.
      {
        kind: 'latest',
        event: ['Checkout Started', PURCHASE],
        property: '$event',
        op: 'is',
        value: 'Checkout Started',
      },
    ],
  }),
  shipped('due_again', 'Due for the next order', {
    kind: 'all',
    rules: [
      { kind: 'orders', op: 'at_least', n: 3 },
      { kind: 'quiet', of: 'orders', gaps: 1, min: 'P7D', max: 'P180D' },
      { kind: 'not', rule: segment('quiet') },
    ],
  }),
  shipped('birthday', 'Birthday today', {
    kind: 'anniversary',
    of: { kind: 'trait', path: 'birthday' },
    from: 0,
  }),
  shipped(
    'talks',
    'Talks with us',
    happened(['Survey Answered', 'Message Replied', 'Conversation Started'], 'P365D'),
  ),
  shipped('promotes', 'Promotes us', {
    kind: 'all',
    rules: [
      { kind: 'not', rule: segment('warning') },
      { kind: 'orders', op: 'at_least', n: 1 },
      {
        kind: 'any',
        rules: [
          happened(['Referral Converted', 'Picture Approved'], 'P365D'),
          score('nps', 'P365D', 'at_least', 9),
          {
            kind: 'count',
            event: 'Review Submitted',
            where: [{ property: 'rating', op: 'at_least', value: 4 }],
            window: { last: 'P365D' },
            op: 'at_least',
            n: 1,
          },
        ],
      },
    ],
  }),
  shipped('outside', 'Outside every model', {
    kind: 'any',
    rules: [
      { kind: 'trait', path: 'bot', op: 'is', value: true },
      { kind: 'trait', path: 'staff', op: 'is', value: true },
      {
        kind: 'all',
        rules: [
          { kind: 'orders', op: 'at_most', n: 0 },
          { kind: 'count', event: '*', window: { last: 'P180D' }, op: 'at_most', n: 0 },
        ],
      },
    ],
  }),
];

function shipped(key: string, name: string, rule: Rule): SegmentDefinition {
  return { key, name, rule, shipped: true };
}
