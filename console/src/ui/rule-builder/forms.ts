// Every kind of condition: where it stands in the menu, what it begins with, and its sentence as parts. A kind without an entry
// does not compile: a new kind is one entry here.
import type { Rule } from '@rapport/engine';
import type { Vocabulary } from '../../api/vocabulary.ts';
import type { RuleJson } from '../../api/rules.ts';
import type { GroupName, Option, Part, Parts } from './part.ts';

export type LeafKind = Exclude<Rule['kind'], 'all' | 'any' | 'not'>;

export interface Beginning {
  readonly group: GroupName;
  readonly title: string;
  readonly example: string;
  /** Other words somebody may look for. */
  readonly also: string;
  readonly rule: (seen: Vocabulary) => RuleJson;
}

export interface Form {
  readonly menu: readonly Beginning[];
  readonly parts: Parts;
}

const verb = (yes: string, no: string): Part => ({ part: 'verb', yes, no });
const words = (text: string): Part => ({ part: 'words', text });
const events: Part = { part: 'events', key: 'event' };
const where: Part = { part: 'where', key: 'where' };
const anyWindow: Part = { part: 'window', shapes: ['ever', 'last', 'since'] };
const property = (label = 'Property'): Part => ({ part: 'property', key: 'property', label });

const counts: readonly Option[] = [
  { value: 'at_least', text: 'at least' },
  { value: 'at_most', text: 'at most' },
  { value: 'exactly', text: 'exactly' },
];
const howMany = (options: readonly Option[] = counts): Part => ({
  part: 'choice',
  key: 'op',
  label: 'How many',
  options,
});
const amounts: readonly Option[] = [
  { value: 'over', text: 'more than' },
  { value: 'at_least', text: 'at least' },
  { value: 'under', text: 'less than' },
  { value: 'at_most', text: 'at most' },
];
const trend: readonly Part[] = [
  {
    part: 'choice',
    key: 'op',
    label: 'Less or more',
    options: [
      { value: 'under', text: 'less than' },
      { value: 'over', text: 'more than' },
    ],
  },
  { part: 'number', key: 'share', label: 'Share', percent: true },
];

const eventOf = (seen: Vocabulary): string =>
  seen.events.find(({ name }) => name === 'Order Completed')?.name ??
  seen.events[0]?.name ??
  'Order Completed';
const viewOf = (seen: Vocabulary): string =>
  ['Product Viewed', 'Page Viewed'].find((name) => seen.events.some((event) => event.name === name)) ??
  'Page Viewed';

export const forms: { readonly [kind in LeafKind]: Form } = {
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
      ...trend,
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
      words('in the last'),
      { part: 'duration', key: 'window.last', label: 'In the last', days: true },
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
      ...trend,
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
  trait: {
    menu: [
      {
        group: 'who',
        title: 'a fact about them',
        example: 'has an “address.city” that is “Graz”',
        also: 'trait attribute property field city country language birthday told us profile',
        rule: (seen) => ({ kind: 'trait', path: seen.traits[0]?.path ?? 'city', op: 'known' }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      { part: 'trait', key: 'path', label: 'Fact' },
      words('that'),
      { part: 'comparison', of: 'trait', path: 'path' },
    ],
  },
  identity: {
    menu: [
      {
        group: 'who',
        title: 'can be reached or recognised',
        example: 'has an e-mail address or a phone number',
        also: 'known email phone user id anonymous identified',
        rule: () => ({ kind: 'identity', has: ['email', 'phone'] }),
      },
    ],
    parts: () => [
      verb('has', 'does not have'),
      {
        part: 'several',
        key: 'has',
        label: 'Identities',
        options: [
          { value: 'email', text: 'an e-mail address' },
          { value: 'phone', text: 'a phone number' },
          { value: 'user_id', text: 'a user id' },
          { value: 'anonymous_id', text: 'an anonymous id' },
        ],
      },
    ],
  },
  consent: {
    menu: [
      {
        group: 'who',
        title: 'has agreed to messages',
        example: 'has agreed to e-mail messages about offers',
        also: 'consent permission opt-in subscribed topic channel newsletter',
        rule: () => ({ kind: 'consent', channel: 'email' }),
      },
    ],
    parts: () => [
      verb('has agreed to', 'has not agreed to'),
      { part: 'thing', key: 'channel', label: 'Channel', of: 'channels', any: 'any' },
      words('messages about'),
      { part: 'thing', key: 'topic', label: 'Topic', of: 'topics', any: 'any topic' },
    ],
  },
  quiet: {
    menu: [
      {
        group: 'relation',
        title: 'is unusually quiet',
        example: 'is unusually quiet: no order for 2 of their own usual gaps',
        also: 'silence lapse churn rhythm inactive gap broken',
        rule: () => ({ kind: 'quiet', of: 'orders', gaps: 2, min: 'P14D', max: 'P365D' }),
      },
    ],
    parts: () => [
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
  stage: {
    menu: [
      {
        group: 'relation',
        title: 'is in a stage',
        example: 'is in the stage “Build-up” for at least 60 days',
        also: 'lifecycle phase model stuck time in stage',
        rule: (seen) => ({
          kind: 'stage',
          model: seen.models[0]?.key ?? 'default',
          stage: seen.models[0]?.stages[0]?.key ?? '',
        }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      words('the stage'),
      { part: 'stages', key: 'stage', model: 'model' },
      words('of'),
      { part: 'thing', key: 'model', label: 'Lifecycle model', of: 'models' },
      {
        part: 'more',
        key: 'for',
        add: 'for so long',
        start: 'P60D',
        parts: [words('for at least'), { part: 'duration', key: 'for', label: 'For at least' }],
      },
    ],
  },
  segment: {
    menu: [
      {
        group: 'relation',
        title: 'is in another segment',
        example: 'is in “Unusually quiet”',
        also: 'member group list reuse',
        rule: (seen) => ({ kind: 'segment', segment: seen.segments[0]?.key ?? '' }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      words('the segment'),
      { part: 'thing', key: 'segment', label: 'Segment', of: 'segments' },
    ],
  },
  in_journey: {
    menu: [
      {
        group: 'relation',
        title: 'is on a journey',
        example: 'is on the journey “Welcome”',
        also: 'flow automation campaign run',
        rule: (seen) => ({ kind: 'in_journey', journey: seen.journeys[0]?.key ?? '' }),
      },
    ],
    parts: () => [
      verb('is on', 'is not on'),
      words('the journey'),
      { part: 'thing', key: 'journey', label: 'Journey', of: 'journeys' },
    ],
  },
  episode: {
    menu: [
      {
        group: 'relation',
        title: 'came back after an ending',
        example: 'is in at least the 2nd episode of the relationship',
        also: 'episode returned reactivated again won back',
        rule: () => ({ kind: 'episode', op: 'at_least', n: 2 }),
      },
    ],
    parts: () => [
      verb('is in', 'is not in'),
      howMany(),
      { part: 'number', key: 'n', label: 'Episode', unit: ['episode', 'episodes'] },
      words('of the relationship'),
    ],
  },
  share: {
    menu: [
      {
        group: 'chance',
        title: 'a random share of people',
        example: 'is among 20 % of people, always the same ones',
        also: 'percent sample test split control group holdout random',
        rule: () => ({ kind: 'share', of: 0.2, salt: 'share' }),
      },
    ],
    parts: () => [
      verb('is among', 'is not among'),
      { part: 'number', key: 'of', label: 'Share', percent: true },
      words('of people, drawn as'),
      { part: 'text', key: 'salt', label: 'Name of the draw' },
    ],
  },
};

export const isLeafKind = (kind: unknown): kind is LeafKind =>
  typeof kind === 'string' && Object.hasOwn(forms, kind);

export const beginnings: readonly Beginning[] = Object.values(forms).flatMap(({ menu }) => menu);
