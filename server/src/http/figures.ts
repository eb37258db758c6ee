// The five figures of Home: what each is, over whom, compared with what, and why there is none where there is none. They are
// worked out beside (workers/figures.ts) when somebody looks; what is shown says as of when.
import { DAY_MS, dayStart } from '@rapport/engine';
import type { Expected, FigurePoint, FigureResults, Promoters, Rate } from '@rapport/engine';
import { z } from 'zod';
import { findFigures } from '../postgres/figures.ts';
import { countReached } from '../postgres/week.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { iso } from './wire.ts';

const countedSchema = z.object({
  value: z.number().nullable(),
  numerator: z.number().int().nullable(),
  denominator: z.number().int().nullable(),
});

const cardSchema = z
  .object({
    key: z.enum(['retention', 'repeat', 'nps', 'customer_value', 'engagement']),
    name: z.string(),
    definition: z.string(),
    unit: z.enum(['share', 'points', 'minor_units']),
    value: z.number().nullable(),
    /** The 95 % interval, where there is one. */
    low: z.number().nullable(),
    high: z.number().nullable(),
    numerator: z.number().int().nullable(),
    denominator: z.number().int().nullable(),
    /** Why there is no value. */
    empty: z.string().nullable(),
    before: z.object({ label: z.string(), value: z.number().nullable() }).nullable(),
    last_year: z.number().nullable(),
    beside: z.array(
      z.object({
        name: z.string(),
        unit: z.string(),
        ...countedSchema.partial().shape,
        definition: z.string().optional(),
        low: z.number().nullable().optional(),
        high: z.number().nullable().optional(),
        /** The last day that is known of most people. */
        as_of: z.string().optional(),
        /** Why there is no value. */
        empty: z.string().optional(),
        /** The people behind it: `/api/figures/{key}/people`. */
        key: z.string().optional(),
      }),
    ),
    trend: z.array(z.object({ day: z.string(), value: z.number().nullable() })),
  })
  .meta({ id: 'FigureCard' });
type Card = z.infer<typeof cardSchema>;

const figuresSchema = z
  .object({
    worked_out_at: z.string().nullable(),
    running: z.boolean(),
    /** Later events restate what is after this. */
    settling_from: z.string().nullable(),
    currency: z.string(),
    cards: z.array(cardSchema),
  })
  .meta({ id: 'Figures' });

const settlingDays = 30;
const engagementDays = 30;

export function registerFigures(app: App, deps: HttpDeps): void {
  app.get(
    '/api/figures',
    { schema: { tags: ['overview'], summary: 'The figures of Home', response: { 200: figuresSchema } } },
    async (request): Promise<z.infer<typeof figuresSchema>> => {
      const { workspaceId } = actorOf(request);
      const program = await deps.programs.get(workspaceId);
      const [stored, reached] = await Promise.all([
        findFigures(deps.pools.console, workspaceId),
        countReached(deps.pools.console, {
          workspaceId,
          since: new Date(deps.now() - engagementDays * DAY_MS),
        }),
      ]);
      deps.figures.refresh(workspaceId);
      const dayText = (day: number): string => iso(new Date(dayStart(program.zone, day)));
      return {
        worked_out_at: stored === null ? null : iso(stored.worked_out_at),
        running: deps.figures.isRunning(workspaceId),
        settling_from: stored === null ? null : dayText(stored.results.day - settlingDays + 1),
        currency: program.definition.currency,
        cards: stored === null ? [] : viewCards(stored.results, reached, dayText),
      };
    },
  );
}

type DayText = (day: number) => string;

type Reached = Awaited<ReturnType<typeof countReached>>;

function viewCards(results: FigureResults, reached: Reached, dayText: DayText): Card[] {
  const trend = (of: (point: FigurePoint) => number | null): Card['trend'] =>
    results.trend.map((point) => ({ day: dayText(point.day), value: of(point) }));
  return [
    viewRetention(results, trend),
    viewRepeat(results, trend),
    viewPromoters(results, trend),
    viewWorth(results, trend, dayText),
    {
      ...nothing,
      key: 'engagement',
      name: 'Engagement by channel',
      definition:
        'People who clicked, replied or tapped within seven days, of those a promotional message reached in the last 30 days; channel by channel, never averaged.',
      unit: 'share',
      empty: 'Clicks and replies are not counted yet.',
      beside: reached.map(({ channel, people }) => ({
        name: channel,
        unit: 'share',
        value: null,
        denominator: people,
      })),
    },
  ];
}

type TrendOf = (of: (point: FigurePoint) => number | null) => Card['trend'];

const nothing = {
  value: null,
  low: null,
  high: null,
  numerator: null,
  denominator: null,
  empty: null,
  before: null,
  last_year: null,
  beside: [],
  trend: [],
} as const satisfies Partial<Card>;

function viewRetention({ retention }: FigureResults, trend: TrendOf): Card {
  const days = retention?.days ?? settlingDays;
  return {
    ...nothing,
    beside: [],
    key: 'retention',
    name: 'Retention rate',
    definition: `Of those who ordered in the ${days} days before the last ${days}, the share who ordered in the last ${days} days as well.`,
    unit: 'share',
    ...(retention === null ? {} : shown(retention.now)),
    empty:
      retention === null
        ? 'It takes sixty days of orders to compare thirty days with the thirty before.'
        : emptyWords(retention.now, 'ordered in the earlier period'),
    before:
      retention === null || retention.before === null
        ? null
        : { label: `the ${days} days before`, value: retention.before.value },
    last_year: retention?.last_year?.value ?? null,
    trend: trend((point) => point.retention?.value ?? null),
  };
}

function viewRepeat({ repeat }: FigureResults, trend: TrendOf): Card {
  const second = repeat.second_within_90;
  return {
    ...nothing,
    key: 'repeat',
    name: 'Repeat purchase rate',
    definition:
      'Of the customers of the last 365 days, the share who ordered on two days or more. Orders refunded in full do not count.',
    unit: 'share',
    ...shown(repeat.now),
    empty: emptyWords(repeat.now, 'ordered in the last 365 days'),
    before: repeat.before === null ? null : { label: 'the 365 days before', value: repeat.before.value },
    last_year: repeat.before?.value ?? null,
    beside: [
      {
        key: 'second',
        name: 'second purchase within 90 days of the first',
        definition:
          'Of those whose first order is at least 90 days old, the share who ordered on another day within 90 days of it.',
        unit: 'share',
        ...shown(second),
      },
    ],
    trend: trend((point) => point.repeat.value),
  };
}

function viewPromoters({ promoters }: FigureResults, trend: TrendOf): Card {
  const { now, before, last_year: lastYear } = promoters.relationship;
  const after = promoters.post_purchase;
  return {
    ...nothing,
    key: 'nps',
    name: 'Net promoter score',
    definition:
      'The share of promoters (9 or 10) less the share of detractors (0 to 6), of the newest answer of each person in 90 days. Answers about one order stand apart.',
    unit: 'points',
    value: now.score,
    low: now.low,
    high: now.high,
    numerator: now.promoters - now.detractors,
    denominator: now.answers,
    empty: now.score !== null ? null : answersWords(now),
    before: before.answers === 0 ? null : { label: 'the 90 days before', value: before.score },
    last_year: lastYear.score,
    beside:
      after.answers === 0
        ? []
        : [
            {
              name: 'after a purchase',
              unit: 'points',
              value: after.score,
              numerator: after.promoters - after.detractors,
              denominator: after.answers,
            },
          ],
    trend: trend((point) => point.promoters.score),
  };
}

function answersWords(now: Promoters): string {
  if (now.answers === 0) return 'Nobody answered how likely they are to recommend you in the last 90 days.';
  const interval = `between ${Math.round(now.low ?? -100)} and ${Math.round(now.high ?? 100)}`;
  return `${now.answers} ${now.answers === 1 ? 'answer' : 'answers'} so far: ${interval}. From thirty on there is a score.`;
}

function viewWorth({ worth, expected }: FigureResults, trend: TrendOf, dayText: DayText): Card {
  return {
    ...nothing,
    key: 'customer_value',
    name: 'Customer value so far',
    definition:
      'What a customer has brought so far: orders after discounts, refunds, tax and shipping; the mean, with the median beside it.',
    unit: 'minor_units',
    value: worth.mean === null ? null : Math.round(worth.mean),
    denominator: worth.customers,
    empty: worth.mean === null ? 'Nobody has ordered yet.' : null,
    before:
      worth.mean_last_year === null ? null : { label: 'a year ago', value: Math.round(worth.mean_last_year) },
    last_year: worth.mean_last_year === null ? null : Math.round(worth.mean_last_year),
    beside: [
      {
        name: 'median',
        unit: 'minor_units',
        value: worth.median === null ? null : Math.round(worth.median),
        denominator: worth.customers,
      },
      ...viewExpected(expected ?? null, dayText),
    ],
    trend: trend((point) => (point.worth === null ? null : Math.round(point.worth))),
  };
}

/** What everyone together is expected to bring, in so many days. */
function viewExpected(expected: Expected | null, dayText: DayText): Card['beside'] {
  if (expected === null)
    return [
      {
        name: 'expected of everyone together in the next 365 days',
        unit: 'minor_units',
        value: null,
        empty: 'no rhythm is learnt yet, or too few orders have an amount.',
      },
    ];
  return expected.within.map(({ days, total, low, high }) => ({
    key: 'expected',
    name: `expected of everyone together in the next ${days} days`,
    definition: `What ${count(expected.customers)} are expected to bring in the next ${days} days, those included who may be lost: each one’s chance to order times what their orders bring, at 10 % less a year, added up. Eight in ten such sums fall between the two bounds, by how far off the model was on days it had not seen (5 % at least) and by chance. New customers are not in it.`,
    unit: 'minor_units',
    value: Math.round(total),
    low: low === null ? null : Math.round(low),
    high: high === null ? null : Math.round(high),
    denominator: expected.customers,
    as_of: dayText(expected.day),
  }));
}

const number = new Intl.NumberFormat('en');
const count = (customers: number): string =>
  customers === 1 ? '1 customer' : `${number.format(customers)} customers`;

function shown({ value, numerator, denominator }: Rate): Pick<Card, 'value' | 'numerator' | 'denominator'> {
  return { value, numerator, denominator };
}

function emptyWords(rate: Rate, whom: string): string | null {
  switch (rate.why) {
    case null:
      return null;
    case 'nobody':
      return `Nobody ${whom}.`;
    case 'few':
      return `${rate.numerator} of ${rate.denominator} people: from thirty on there is a rate.`;
  }
}
