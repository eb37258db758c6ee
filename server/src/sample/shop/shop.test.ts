import {
  compile,
  DAY_MS,
  DEFAULT_POLICY,
  lifecyclePresets,
  newPerson,
  readyJourneys,
  relive,
  shippedSegments,
  type EventFact,
} from '@rapport/engine';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { sampleShop, type SampleOptions, type SamplePerson } from './shop.ts';

const UNTIL = Date.UTC(2026, 5, 1, 10);
const OPTIONS: SampleOptions = { seed: 1, until: UNTIL, timeZone: 'Europe/Berlin', currency: 'EUR' };

let shop: readonly SamplePerson[];
let events: readonly EventFact[];
beforeAll(() => {
  shop = [...sampleShop(OPTIONS)];
  events = shop.flatMap((person) => person.events);
});

test('the same seed and the same instant give the same bytes, another seed another shop', () => {
  const bytes = (options: SampleOptions): string => {
    const hash = createHash('sha256');
    for (const person of sampleShop({ ...options, people: 200 })) hash.update(JSON.stringify(person));
    return hash.digest('hex');
  };
  expect(bytes(OPTIONS)).toBe(bytes(OPTIONS));
  expect(bytes({ ...OPTIONS, seed: 2 })).not.toBe(bytes(OPTIONS));
  expect(bytes({ ...OPTIONS, until: UNTIL + DAY_MS })).not.toBe(bytes(OPTIONS));
});

test('it has 3,000 people with about 150,000 events over 18 months, and no id or address twice', () => {
  expect(shop).toHaveLength(3_000);
  expect(events.length).toBeGreaterThan(120_000);
  expect(events.length).toBeLessThan(200_000);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const first = events.reduce((least, { at }) => Math.min(least, at), UNTIL);
  expect(UNTIL - first).toBeGreaterThan(530 * DAY_MS);
  const owners = new Map<string, number>();
  for (const { n, events: story } of shop) {
    for (const [kind, value] of story.flatMap(({ identities }) => identities)) {
      const key = `${kind} ${value}`;
      expect(owners.get(key) ?? n).toBe(n);
      owners.set(key, n);
      if (kind === 'email') expect(value).toMatch(/^[a-z0-9.]+@[a-z]+\.example$/);
    }
  }
});

test('whatever the seed, the zone, the currency and the day, the story makes sense', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 0, max: 2 ** 31 }),
        until: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) }),
        timeZone: fc.constantFrom(
          'UTC',
          'Europe/Berlin',
          'America/Los_Angeles',
          'Pacific/Apia',
          'Asia/Kolkata',
        ),
        currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
        people: fc.constant(40),
      }),
      (options) => {
        for (const person of sampleShop(options)) checkStory(person, options);
      },
    ),
    { numRuns: 25 },
  );
  for (const person of shop) checkStory(person, OPTIONS);
});

test('whoever was recommended was recommended by somebody who is thanked at that moment', () => {
  const thanked = new Map<string, number[]>();
  for (const { events: story } of shop) {
    for (const event of named(story, 'Referral Converted')) {
      const [, userId = ''] = event.identities[0] ?? [];
      thanked.set(userId, [...(thanked.get(userId) ?? []), event.at]);
    }
  }
  let followers = 0;
  for (const { events: story } of shop) {
    const by = story.find(({ traits }) => traits['referred_by'] !== undefined)?.traits['referred_by'];
    if (typeof by !== 'string') continue;
    const [order] = named(story, 'Order Completed');
    expect(thanked.get(by)).toContain((order?.at ?? 0) + 60_000);
    followers += 1;
  }
  expect(followers).toBeGreaterThan(40);
});

test('Christmas, the summer slump, the weekend and the evening can be seen', () => {
  const orders = named(events, 'Order Completed').map(({ at }) => new Date(at));
  const inMonth = (month: string): number => orders.filter((at) => at.toISOString().startsWith(month)).length;
  expect(inMonth('2025-12')).toBeGreaterThan(1.4 * inMonth('2025-10'));
  expect(inMonth('2025-12')).toBeGreaterThan(1.3 * inMonth('2026-02'));
  expect(inMonth('2025-07')).toBeLessThan(0.95 * inMonth('2025-05'));
  const onDay = (day: number): number => orders.filter((at) => at.getUTCDay() === day).length;
  expect(onDay(0)).toBeGreaterThan(1.15 * onDay(5));
  const atHour = (hour: number): number => orders.filter((at) => at.getUTCHours() === hour).length;
  expect(atHour(18)).toBeGreaterThan(5 * (atHour(2) + 1));
});

test('buyers are fast, middle and slow, a third each, and regular or not', () => {
  const gaps = shop
    .map(({ events: story }) => named(story, 'Order Completed').map(({ at }) => at))
    .filter((orders) => orders.length >= 3)
    .map((orders) => orders.slice(1).map((at, i) => (at - (orders[i] ?? at)) / DAY_MS));
  const typical = gaps.map((of) => Math.exp(mean(of.map((gap) => Math.log(Math.max(gap, 0.5))))));
  const share = (from: number, to: number): number =>
    typical.filter((gap) => gap >= from && gap < to).length / typical.length;
  expect(share(0, 22)).toBeGreaterThan(0.25);
  expect(share(22, 55)).toBeGreaterThan(0.25);
  expect(share(55, 400)).toBeGreaterThan(0.12);
  const scatter = gaps.filter((of) => of.length >= 5).map((of) => deviation(of) / mean(of));
  expect(scatter.filter((value) => value < 0.5).length / scatter.length).toBeGreaterThan(0.25);
  expect(scatter.filter((value) => value > 0.75).length / scatter.length).toBeGreaterThan(0.15);
});

test('lived through, every stage of every preset has people, and every condition that a page shows', () => {
  const program = compile({
    workspace: 'the sample',
    version: 1,
    changed_at: 0,
    time_zone: OPTIONS.timeZone,
    currency: OPTIONS.currency,
    purchase: { event: 'Order Completed' },
    refund: { event: ['Order Refunded', 'Order Cancelled'] },
    visit: { event: ['Page Viewed', 'Screen Viewed'] },
    gap_days: 30,
    visit_gap_days: null,
    segments: shippedSegments,
    models: lifecyclePresets,
    journeys: readyJourneys.map(({ key, name, graph }) => ({
      key,
      name,
      active: 1,
      versions: { '1': graph },
    })),
    policy: DEFAULT_POLICY,
  });
  const stages = new Map<string, number>();
  const segments = new Map<string, number>();
  const happened = new Map<string, number>();
  const letters = new Map<string, number>();
  const joined = new Map<string, number>();
  const add = (to: Map<string, number>, key: string): void => void to.set(key, (to.get(key) ?? 0) + 1);
  for (const { n, events: story } of shop) {
    const lived = relive(program, newPerson(program, `p${n}`, story[0]?.at ?? 0), story, {
      until: UNTIL,
      via: 'mailbox',
    });
    if (lived.kind !== 'stepped') throw new Error(lived.kind);
    const { standing } = lived.person;
    for (const [model, { stage }] of Object.entries(standing.stages)) add(stages, `${model}/${stage}`);
    for (const key of Object.keys(standing.segments)) add(segments, key);
    for (const decision of lived.decisions) {
      add(happened, decision.kind);
      if (decision.kind === 'message_looked') add(happened, decision.verdict.verdict);
      if (decision.kind === 'segment_joined') add(joined, decision.segment);
      if (decision.kind === 'message_requested')
        add(letters, `${decision.template} ${decision.first_look.verdict}`);
    }
  }
  for (const model of lifecyclePresets)
    for (const { key } of model.stages)
      expect(stages.get(`${model.key}/${key}`) ?? 0, `${model.key}/${key}`).toBeGreaterThanOrEqual(15);
  // A birthday is one day in a year: that it comes is enough.
  for (const { key } of shippedSegments) {
    expect(joined.get(key) ?? 0, key).toBeGreaterThanOrEqual(5);
    if (key !== 'birthday') expect(segments.get(key) ?? 0, key).toBeGreaterThanOrEqual(5);
  }
  const templates = readyJourneys.flatMap(({ graph }) =>
    Object.values(graph.nodes).flatMap((node) => (node.kind === 'email' ? [node.template] : [])),
  );
  for (const template of templates)
    for (const verdict of ['send', 'drop'])
      expect(letters.get(`${template} ${verdict}`) ?? 0, `${template} ${verdict}`).toBeGreaterThan(10);
  const customers = segments.get('customers') ?? 0;
  expect((segments.get('quiet') ?? 0) / customers).toBeGreaterThan(0.25);
  expect((segments.get('quiet') ?? 0) / customers).toBeLessThan(0.6);
  expect((segments.get('gone') ?? 0) / customers).toBeGreaterThan(0.1);
  expect((segments.get('gone') ?? 0) / customers).toBeLessThan(0.4);
  for (const kind of [
    'episode_ended',
    'episode_opened',
    'run_ended',
    'message_withheld',
    'send',
    'hold',
    'drop',
  ])
    expect(happened.get(kind) ?? 0, kind).toBeGreaterThan(20);
});

/** No fact in the future, in order, and nothing that answers to nothing. */
function checkStory({ events: story }: SamplePerson, { until }: SampleOptions): void {
  const orders = new Map<unknown, EventFact>();
  const carts = new Map<unknown, EventFact>();
  const paid = new Map<unknown, number>();
  const complaints = new Set<unknown>();
  let before = 0;
  expect(story.length).toBeGreaterThan(0);
  for (const event of story) {
    expect(event.at).toBeGreaterThanOrEqual(before);
    expect(event.at).toBeLessThan(until);
    before = event.at;
    expect(event.identities.length).toBeGreaterThan(0);
    const { order_id: orderId, cart_id: cartId, total } = event.properties;
    switch (event.name) {
      case 'Checkout Started':
        carts.set(cartId, event);
        break;
      case 'Order Completed':
        expect(carts.has(cartId)).toBe(true);
        expect(orders.has(orderId)).toBe(false);
        orders.set(orderId, event);
        paid.set(orderId, Number(total));
        expect(Number(total)).toBeGreaterThan(0);
        break;
      case 'Order Delivered':
      case 'Order Returned':
      case 'Order Cancelled':
        expect(orders.has(orderId)).toBe(true);
        break;
      case 'Order Refunded':
        expect(Number(total)).toBeLessThanOrEqual(paid.get(orderId) ?? -1);
        break;
      case 'Complaint Opened':
        complaints.add(event.properties['complaint_id']);
        break;
      case 'Complaint Resolved':
        expect(complaints.delete(event.properties['complaint_id'])).toBe(true);
        break;
      default:
    }
  }
}

function named(of: readonly EventFact[], name: string): readonly EventFact[] {
  return of.filter((event) => event.name === name);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
