// For each row of the catalogue a small history in which it holds and one in which it does not, in the catalogue's order.
import type {
  ruleAmountOps,
  ruleAnchors,
  ruleComparisons,
  ruleCountOps,
  ruleWindows,
} from '../../src/rules/catalogue-parts.ts';
import type { ruleKinds } from '../../src/rules/catalogue.ts';
import type { EventFact } from '../../src/input.ts';
import { NO_POINTS } from '../../src/loyalty/ledger.ts';
import type { PointsStanding, Standing } from '../../src/person.ts';
import type { Json } from '../../src/rules/rule.ts';
import { fact, instant, order } from './facts.ts';

/** One person at one instant. */
export interface Story {
  readonly events?: readonly EventFact[];
  readonly standing?: Partial<Standing>;
  readonly runStartedAt?: number;
  readonly personId?: string;
  /** In a shop whose rhythm was not learnt. */
  readonly unlearnt?: true;
  /** Noon of 1 June 2026 unless said. */
  readonly now?: string;
}

export interface Row {
  readonly holds: Story;
  readonly fails: Story;
}

type Rows<Catalogue> = { readonly [key in keyof Catalogue]: readonly Row[] };

/** An anchor of several rows. */
const MAY = instant('2026-05-01T10:00:00Z');

const mail = (topic: string): Partial<Standing> => ({
  consents: {
    [`email/${topic}`]: {
      status: 'given',
      basis: 'opted_in',
      source: 'form',
      at: instant('2026-01-01T00:00:00Z'),
    },
  },
});
const member = (segment: string): Partial<Standing> => ({ segments: { [segment]: 0 } });
const DAY = 86_400_000;
const NOON = instant('2026-06-01T12:00:00Z');
const TODAY = Math.floor(NOON / DAY);
const inTier = (tier: string, since: number): Partial<Standing> => ({ tiers: { club: { tier, since } } });
const club = (points: Partial<PointsStanding>): Partial<Standing> => ({
  points: { club: { ...NO_POINTS, ...points } },
});
const traits = (traits: { readonly [key: string]: Json }): Story => ({
  events: [fact('Identified', '2026-01-01T10:00:00Z', { traits })],
});
const happened = (name: string, ...times: readonly string[]): readonly EventFact[] =>
  times.map((time) => fact(name, time));
const ordered = (...times: readonly string[]): readonly EventFact[] => times.map((time) => order(time));
const answered = (metric: string, score: number, time: string): EventFact =>
  fact('Survey Answered', time, { properties: { metric, score } });
const viewed = (product: string, time: string): EventFact =>
  fact('Product Viewed', time, { properties: { product_id: product } });
const browsed = (category: string, time: string): EventFact =>
  fact('Product Viewed', time, { properties: { category } });
const arrived = (campaign: string, time: string): EventFact =>
  fact('Page Viewed', time, { properties: { campaign } });
const grouped = (id: string, said: { readonly [key: string]: Json }, time: string): EventFact =>
  fact('Grouped', time, { type: 'group', properties: { group_id: id }, traits: said });
const paid = (total: Json, time: string): EventFact => order(time, { total });

export const kindRows: Rows<typeof ruleKinds> = {
  all: [
    {
      holds: { events: ordered('2026-01-01T10:00:00Z', '2026-02-01T10:00:00Z'), standing: mail('offers') },
      fails: { events: ordered('2026-01-01T10:00:00Z'), standing: mail('offers') },
    },
  ],
  any: [{ holds: { standing: member('vip') }, fails: { events: ordered('2026-01-01T10:00:00Z') } }],
  not: [{ holds: {}, fails: { standing: member('unhappy') } }],
  trait: [
    { holds: traits({ address: { city: 'Graz' } }), fails: traits({ address: { city: 'Linz' } }) },
    {
      holds: {
        events: [fact('Preference Told', '2025-06-02T10:00:00Z', { traits: { favourite_colour: 'red' } })],
      },
      fails: {
        events: [fact('Preference Told', '2025-06-01T10:00:00Z', { traits: { favourite_colour: 'red' } })],
      },
    },
  ],
  account: [
    {
      holds: { events: [grouped('acme', {}, '2026-01-01T10:00:00Z')] },
      fails: { events: [fact('Identified', '2026-01-01T10:00:00Z', { traits: { account: 'acme' } })] },
    },
    {
      holds: {
        events: [
          grouped('acme', { plan: 'pro' }, '2026-01-01T10:00:00Z'),
          grouped('tees', { plan: 'free' }, '2026-02-01T10:00:00Z'),
          grouped('acme', {}, '2026-03-01T10:00:00Z'),
        ],
      },
      fails: {
        events: [
          grouped('acme', { plan: 'pro' }, '2026-01-01T10:00:00Z'),
          grouped('tees', {}, '2026-02-01T10:00:00Z'),
        ],
      },
    },
  ],
  open_conversation: [
    {
      holds: {
        events: [
          fact('Conversation Started', '2026-05-01T10:00:00Z', { properties: { conversation_id: 'c1' } }),
          fact('Complaint Resolved', '2026-05-02T10:00:00Z', { properties: { complaint_id: 'c2' } }),
        ],
      },
      fails: {
        events: [
          fact('Complaint Opened', '2026-05-01T10:00:00Z', { properties: { complaint_id: 'c1' } }),
          fact('Conversation Closed', '2026-05-02T10:00:00Z'),
        ],
      },
    },
  ],
  identity: [
    {
      holds: { events: [fact('Identified', '2026-01-01T10:00:00Z', { identities: [['phone', '+43 1']] })] },
      fails: { events: [fact('Identified', '2026-01-01T10:00:00Z', { identities: [['user_id', 'u']] })] },
    },
  ],
  count: [
    // The first order leaves the window at the very instant at which it is 60 days old.
    {
      holds: {
        events: ordered('2026-03-01T10:00:00Z', '2026-04-01T10:00:00Z'),
        now: '2026-04-30T09:59:59.999Z',
      },
      fails: { events: ordered('2026-03-01T10:00:00Z', '2026-04-01T10:00:00Z'), now: '2026-04-30T10:00:00Z' },
    },
    {
      holds: { events: ordered('2026-03-01T10:00:00Z'), now: '2026-04-30T10:00:00Z' },
      fails: { events: ordered('2026-03-01T10:00:00Z'), now: '2026-04-30T09:59:59.999Z' },
    },
  ],
  days: [
    {
      holds: {
        events: happened(
          'Page Viewed',
          '2026-05-10T10:00:00Z',
          '2026-05-11T10:00:00Z',
          '2026-05-12T10:00:00Z',
        ),
      },
      fails: {
        events: happened(
          'Page Viewed',
          '2026-05-10T10:00:00Z',
          '2026-05-11T10:00:00Z',
          '2026-05-11T11:00:00Z',
        ),
      },
    },
  ],
  sum: [
    // 3 May is the 30th day, and ends at midnight in Berlin.
    {
      holds: { events: [paid(99.91, '2026-05-02T22:00:00Z')] },
      fails: { events: [paid(99.91, '2026-05-02T21:59:59Z')] },
    },
  ],
  average: [
    {
      // Two answers of 3 and 4 are 3.5 on average, which is not under it.
      holds: {
        events: [answered('csat', 3, '2026-05-01T10:00:00Z'), answered('csat', 3, '2026-05-02T10:00:00Z')],
      },
      fails: {
        events: [answered('csat', 3, '2026-05-01T10:00:00Z'), answered('csat', 4, '2026-05-02T10:00:00Z')],
      },
    },
  ],
  minimum: [
    {
      holds: { events: [paid(20, '2026-05-01T10:00:00Z'), paid(5, '2025-12-31T22:59:59.999Z')] },
      fails: { events: [paid(20, '2026-05-01T10:00:00Z'), paid(5, '2025-12-31T23:00:00Z')] },
    },
  ],
  maximum: [
    {
      holds: { events: [paid('250.01', '2020-05-01T10:00:00Z'), paid(5, '2026-05-01T10:00:00Z')] },
      fails: { events: [paid(250, '2020-05-01T10:00:00Z')] },
    },
  ],
  distinct: [
    {
      holds: {
        events: ['shoes', 'hats', 'bags'].map((category) => browsed(category, '2026-05-20T10:00:00Z')),
      },
      fails: {
        events: ['shoes', 'hats', 'shoes'].map((category) => browsed(category, '2026-05-20T10:00:00Z')),
      },
    },
    {
      // What is of this month does not hide that it was of the previous one too.
      holds: { events: [browsed('shoes', '2026-05-20T10:00:00Z'), browsed('shoes', '2026-06-01T10:00:00Z')] },
      fails: { events: [browsed('shoes', '2026-06-01T10:00:00Z')] },
    },
  ],
  spend: [
    {
      holds: { events: [paid(300, '2026-01-01T10:00:00Z'), paid(200, '2026-03-31T21:59:59.999Z')] },
      fails: { events: [paid(300, '2026-01-01T10:00:00Z'), paid(200, '2026-03-31T22:00:00Z')] },
    },
    {
      holds: { events: [paid(60, '2026-01-01T10:00:00Z'), paid('100.01', '2026-02-01T10:00:00Z')] },
      fails: { events: [paid(60, '2026-01-01T10:00:00Z'), paid(100, '2026-02-01T10:00:00Z')] },
    },
  ],
  trend: [
    {
      holds: {
        events: happened(
          'Page Viewed',
          '2026-04-10T10:00:00Z',
          '2026-04-11T10:00:00Z',
          '2026-04-12T10:00:00Z',
          '2026-05-10T10:00:00Z',
        ),
      },
      fails: {
        events: happened(
          'Page Viewed',
          '2026-04-10T10:00:00Z',
          '2026-04-11T10:00:00Z',
          '2026-05-10T10:00:00Z',
        ),
      },
    },
    {
      holds: {
        events: [
          paid(10, '2026-01-10T10:00:00Z'),
          paid(15, '2026-05-10T10:00:00Z'),
          paid('5.01', '2026-05-11T10:00:00Z'),
        ],
      },
      fails: { events: [paid(10, '2026-01-10T10:00:00Z'), paid(100, '2026-05-10T10:00:00Z')] },
    },
  ],
  latest: [
    {
      holds: {
        events: [answered('nps', 9, '2026-05-01T10:00:00Z'), answered('nps', 6, '2026-05-02T10:00:00Z')],
      },
      fails: {
        events: [
          answered('nps', 6, '2026-05-01T10:00:00Z'),
          answered('nps', 7, '2026-05-02T10:00:00Z'),
          answered('csat', 1, '2026-05-03T10:00:00Z'),
        ],
      },
    },
  ],
  first: [
    {
      holds: { events: ordered('2025-12-30T10:00:00Z', '2026-05-30T10:00:00Z') },
      fails: { events: ordered('2026-01-01T10:00:00Z') },
    },
    {
      holds: { events: [arrived('spring', '2026-05-20T10:00:00Z'), arrived('mail', '2026-05-21T10:00:00Z')] },
      fails: { events: [arrived('mail', '2026-04-20T10:00:00Z'), arrived('spring', '2026-05-20T10:00:00Z')] },
    },
  ],
  most_frequent: [
    {
      holds: {
        events: [
          browsed('shoes', '2026-05-01T10:00:00Z'),
          browsed('coats', '2026-05-02T10:00:00Z'),
          browsed('shoes', '2026-05-03T10:00:00Z'),
        ],
      },
      fails: {
        events: [
          browsed('shoes', '2026-02-01T10:00:00Z'),
          browsed('shoes', '2026-05-02T10:00:00Z'),
          browsed('coats', '2026-05-03T10:00:00Z'),
        ],
      },
    },
  ],
  sequence: [
    {
      holds: {
        events: [
          viewed('a', '2026-05-20T10:00:00Z'),
          fact('Product Added', '2026-05-21T09:59:59Z', { properties: { product_id: 'a' } }),
        ],
      },
      fails: {
        events: [
          viewed('a', '2026-05-20T10:00:00Z'),
          fact('Product Added', '2026-05-20T11:00:00Z', { properties: { product_id: 'b' } }),
          fact('Product Added', '2026-05-21T10:00:00Z', { properties: { product_id: 'a' } }),
        ],
      },
    },
  ],
  unfollowed: [
    {
      holds: {
        events: [
          fact('Order Completed', '2026-05-25T10:00:00Z', { properties: { cart_id: 'old' } }),
          fact('Checkout Started', '2026-06-01T11:00:00Z', { properties: { cart_id: 'new' } }),
        ],
      },
      fails: {
        events: [
          fact('Checkout Started', '2026-06-01T10:30:00Z', { properties: { cart_id: 'new' } }),
          fact('Order Completed', '2026-06-01T11:29:59Z', { properties: { cart_id: 'new' } }),
        ],
      },
    },
    {
      holds: { events: happened('Checkout Started', '2026-06-01T10:30:00Z', '2026-06-01T11:00:00Z') },
      fails: { events: happened('Checkout Started', '2026-06-01T10:30:00Z', '2026-06-01T11:29:59Z') },
    },
  ],
  per_value: [
    {
      holds: {
        events: [
          viewed('tea', '2026-05-20T10:00:00Z'),
          viewed('cup', '2026-05-21T10:00:00Z'),
          viewed('tea', '2026-05-22T10:00:00Z'),
        ],
      },
      fails: { events: [viewed('tea', '2026-05-20T10:00:00Z'), viewed('cup', '2026-05-21T10:00:00Z')] },
    },
  ],
  orders: [
    {
      holds: { events: ordered('2026-01-01T10:00:00Z', '2026-02-01T10:00:00Z') },
      fails: { events: ordered('2026-01-01T10:00:00Z', '2026-01-01T12:00:00Z') },
    },
    {
      holds: {
        events: [
          order('2026-01-01T10:00:00Z', { order_id: 'o1', total: 10 }),
          fact('Order Refunded', '2026-01-02T10:00:00Z', { properties: { order_id: 'o1' } }),
        ],
      },
      fails: { events: ordered('2026-01-01T10:00:00Z') },
    },
  ],
  order_span: [
    {
      holds: { events: ordered('2025-11-01T10:00:00Z', '2026-04-30T10:00:00Z') },
      fails: { events: ordered('2025-11-01T10:00:00Z', '2026-04-30T09:59:59Z') },
    },
  ],
  last_order: [
    {
      holds: { events: ordered('2026-05-18T12:00:00.001Z') },
      fails: { events: ordered('2026-05-18T12:00:00Z') },
    },
  ],
  spend_trend: [
    {
      holds: {
        events: [
          paid(60, '2026-01-10T10:00:00Z'),
          paid(60, '2026-02-10T10:00:00Z'),
          paid(59, '2026-05-10T10:00:00Z'),
        ],
      },
      fails: {
        events: [
          paid(60, '2026-01-10T10:00:00Z'),
          paid(60, '2026-02-10T10:00:00Z'),
          paid(60, '2026-05-10T10:00:00Z'),
        ],
      },
    },
  ],
  quiet: [
    // Gaps of 10 days: quiet after 20.
    {
      holds: { events: ordered('2026-04-22T12:00:00Z', '2026-05-02T12:00:00Z', '2026-05-12T12:00:00Z') },
      fails: { events: ordered('2026-04-22T12:00:00Z', '2026-05-02T12:00:00Z', '2026-05-12T12:00:00.001Z') },
    },
    // Three orders in 20 days: of the silences of such people three in ten outlast 928 hours.
    {
      holds: { events: ordered('2026-04-03T12:00:00Z', '2026-04-13T12:00:00Z', '2026-04-23T20:00:00Z') },
      fails: { events: ordered('2026-04-03T12:00:00Z', '2026-04-13T12:00:00Z', '2026-04-23T20:00:00.001Z') },
    },
  ],
  predicted: [{ holds: {}, fails: { unlearnt: true } }],
  order_chance: [
    {
      holds: { events: ordered('2023-06-01T12:00:00Z') },
      fails: { events: ordered('2026-05-01T12:00:00Z') },
    },
  ],
  next_order: [
    {
      holds: {
        events: ordered(...[22, 23, 24, 25, 26, 27, 28, 29, 30, 31].map((day) => `2026-05-${day}T12:00:00Z`)),
      },
      fails: { events: ordered('2026-05-31T12:00:00Z') },
    },
  ],
  lifetime_value: [
    {
      holds: { events: [paid(490, '2026-05-10T10:00:00Z')] },
      fails: { events: [paid(200, '2026-05-10T10:00:00Z')] },
    },
  ],
  date: [
    { holds: traits({ renewal_date: '2026-06-15' }), fails: traits({ renewal_date: '2026-06-16' }) },
    // In Berlin the second order was made on the very day already.
    {
      holds: { events: ordered('2026-05-25T21:59:59Z') },
      fails: { events: ordered('2026-05-31T22:00:00Z') },
    },
  ],
  anniversary: [
    { holds: traits({ birthday: '1984-06-08' }), fails: traits({ birthday: '1984-06-09' }) },
    {
      holds: { events: ordered('2024-06-01T10:00:00Z') },
      fails: { events: ordered('2026-06-01T08:00:00Z') },
    },
  ],
  stage: [
    {
      holds: {
        standing: { stages: { default: { stage: 'build_up', since: instant('2026-04-02T12:00:00Z') } } },
      },
      fails: {
        standing: { stages: { default: { stage: 'build_up', since: instant('2026-04-02T12:00:01Z') } } },
      },
    },
  ],
  segment: [{ holds: { standing: member('unhappy') }, fails: { standing: member('vip') } }],
  consent: [{ holds: { standing: mail('*') }, fails: { standing: mail('news') } }],
  episode: [
    {
      holds: { standing: { episode: { n: 2, since: 0, gone: false } } },
      fails: { standing: { episode: { n: 1, since: null, gone: false } } },
    },
  ],
  tier: [{ holds: { standing: inTier('gold', MAY) }, fails: { standing: inTier('gold', MAY + 31 * DAY) } }],
  points: [
    { holds: { standing: club({ balance: 500 }) }, fails: { standing: club({ balance: 499 }) } },
    {
      holds: { standing: club({ balance: 5, lots: [[NOON + 30 * DAY, 5]] }) },
      fails: { standing: club({ balance: 5, lots: [[NOON + 30 * DAY + 1, 5]] }) },
    },
    {
      holds: { standing: club({ days: [[TODAY - 364, 1_000]] }) },
      fails: { standing: club({ days: [[TODAY - 365, 1_000]] }) },
    },
    { holds: { standing: club({ debt: 1 }) }, fails: { standing: club({ balance: 1 }) } },
  ],
  in_journey: [{ holds: { standing: running('welcome') }, fails: { standing: running('birthday') } }],
  // Whoever is drawn stays drawn: these two never change sides.
  share: [{ holds: { personId: 'p10' }, fails: { personId: 'p1' } }],
};

export const comparisonRows: Rows<typeof ruleComparisons> = {
  is: [{ holds: traits({ plan: 'gold' }), fails: traits({ plan: 'Gold' }) }],
  is_not: [{ holds: traits({ plan: 'silver' }), fails: {} }],
  one_of: [{ holds: traits({ plan: 'silver' }), fails: traits({ plan: 'bronze' }) }],
  none_of: [{ holds: traits({ plan: 'bronze' }), fails: {} }],
  contains: [{ holds: traits({ tags: ['tea', 'vegan'] }), fails: traits({ tags: ['tea'] }) }],
  not_contains: [{ holds: traits({ tags: 'tea, cake' }), fails: traits({ tags: 'tea, vegan cake' }) }],
  starts_with: [{ holds: traits({ postcode: '8010' }), fails: traits({ postcode: 8010 }) }],
  ends_with: [{ holds: traits({ company: 'Tee GmbH' }), fails: traits({ company: 'Tee GmbH & Co' }) }],
  matches: [{ holds: traits({ company: 'Tee GMBH' }), fails: traits({ company: 'Teegmbh' }) }],
  over: [{ holds: traits({ age: 65 }), fails: traits({ age: 64 }) }],
  at_least: [{ holds: traits({ age: 65 }), fails: traits({ age: '65' }) }],
  under: [{ holds: traits({ age: 17.5 }), fails: traits({ age: 18 }) }],
  at_most: [{ holds: traits({ age: 17 }), fails: traits({ age: 17.5 }) }],
  // Midnight is Berlin's: half past eleven in UTC on New Year's Eve is already the day after there.
  before: [
    { holds: traits({ born: '2007-12-31T22:30:00Z' }), fails: traits({ born: '2007-12-31T23:30:00Z' }) },
  ],
  after: [{ holds: traits({ contract_ends: '2027-01-01' }), fails: traits({ contract_ends: '2026-12-31' }) }],
  known: [{ holds: traits({ birthday: '1990-05-01' }), fails: traits({ birthday: null }) }],
  unknown: [{ holds: traits({ birthday: null }), fails: traits({ birthday: '1990-05-01' }) }],
};

const threeVisits = happened(
  'Page Viewed',
  '2026-05-25T12:00:00.001Z',
  '2026-05-26T12:00:00Z',
  '2026-05-27T12:00:00Z',
);

export const windowRows: Rows<typeof ruleWindows> = {
  all_time: [{ holds: { events: threeVisits }, fails: { events: threeVisits.slice(1) } }],
  last: [{ holds: { events: threeVisits }, fails: { events: threeVisits, now: '2026-06-01T12:00:00.001Z' } }],
  since: [
    {
      holds: { events: [...threeVisits, ...ordered('2026-05-25T12:00:00Z')] },
      fails: { events: [...threeVisits, ...ordered('2026-05-25T12:00:00.001Z')] },
    },
  ],
  this: [
    {
      holds: { events: threeVisits, now: '2026-05-31T21:59:59.999Z' },
      fails: { events: threeVisits, now: '2026-05-31T22:00:00Z' },
    },
  ],
  previous: [
    {
      holds: { events: threeVisits, now: '2026-05-31T22:00:00Z' },
      fails: { events: threeVisits, now: '2026-05-31T21:59:59.999Z' },
    },
  ],
};

const orderInMay = { events: ordered('2026-05-01T10:00:00.001Z') };
const orderAtAnchor = { events: ordered('2026-05-01T10:00:00Z') };

export const anchorRows: Rows<typeof ruleAnchors> = {
  last_order: [
    {
      holds: { events: [...ordered('2026-05-01T10:00:00Z'), answered('nps', 9, '2026-05-02T10:00:00Z')] },
      fails: { events: [answered('nps', 9, '2026-05-02T10:00:00Z')] },
    },
  ],
  episode: [
    {
      holds: { ...orderInMay, standing: { episode: { n: 2, since: MAY, gone: false } } },
      fails: { ...orderInMay, standing: { episode: { n: 1, since: null, gone: false } } },
    },
  ],
  stage: [
    {
      holds: { ...orderInMay, standing: { stages: { default: { stage: 'build_up', since: MAY } } } },
      fails: { ...orderAtAnchor, standing: { stages: { default: { stage: 'build_up', since: MAY } } } },
    },
  ],
  run: [{ holds: { ...orderInMay, runStartedAt: MAY }, fails: { ...orderAtAnchor, runStartedAt: MAY } }],
};

const visitsToday = (n: number): Story => ({
  events: happened('Page Viewed', ...Array.from({ length: n }, (_, hour) => `2026-06-01T0${hour}:00:00Z`)),
});

export const countOpRows: Rows<typeof ruleCountOps> = {
  at_least: [{ holds: visitsToday(2), fails: visitsToday(1) }],
  at_most: [{ holds: visitsToday(2), fails: visitsToday(3) }],
  exactly: [{ holds: visitsToday(2), fails: visitsToday(3) }],
};

/** 0.1 + 0.2 is 0.3 here. */
const paidInAll = (...totals: readonly Json[]): Story => ({
  events: totals.map((total, i) => paid(total, `2026-05-1${i}T10:00:00Z`)),
});

export const amountOpRows: Rows<typeof ruleAmountOps> = {
  over: [{ holds: paidInAll('50', 0.001), fails: paidInAll(49.7, 0.1, 0.2) }],
  at_least: [{ holds: paidInAll(49.7, 0.1, 0.2), fails: paidInAll(49.99) }],
  under: [{ holds: {}, fails: paidInAll(49.7, 0.1, 0.2) }],
  at_most: [{ holds: paidInAll(49.7, 0.1, 0.2), fails: paidInAll(50.01) }],
};

function running(journey: string): Partial<Standing> {
  return {
    runs: {
      r: {
        id: 'r',
        journey,
        version: 1,
        arm: 'treated',
        person: 'p1',
        start: 'event:m1',
        started_at: MAY,
        node: 'wait',
        node_at: MAY,
        visit: 1,
        goal_at: null,
      },
    },
  };
}
