// Backtests over the sample shop's histories: an abandoned checkout against intervals worked out by hand, and every ready
// journey at once against what the sending rules promise.
import {
  addOutcome,
  backtestPerson,
  backtestResult,
  dayStart,
  DEFAULT_POLICY,
  emptyTally,
  lifecyclePresets,
  localDay,
  prepareBacktest,
  readyJourneys,
  shippedSegments,
  TESTED_KEY,
} from '@rapport/engine';
import type { Definition, PersonHistory, Rule } from '@rapport/engine';
import { expect, test } from 'vitest';
import { sampleShop } from '../../src/sample/shop/shop.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const UNTIL = Date.parse('2026-06-01T12:00:00Z');
const SPAN = { from: UNTIL - 365 * DAY, to: UNTIL };

const people: readonly PersonHistory[] = [
  ...sampleShop({ seed: 7, until: UNTIL, timeZone: 'Europe/Madrid', currency: 'EUR', people: 400 }),
].map(({ n, events }) => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  events,
  consents: [],
  contacts: [],
  knownUntil: UNTIL,
}));

const definition: Definition = {
  workspace: 'w',
  version: 1,
  changed_at: 0,
  time_zone: 'Europe/Madrid',
  currency: 'EUR',
  purchase: { event: 'Order Completed' },
  refund: { event: ['Order Refunded', 'Order Cancelled'] },
  visit: { event: ['Page Viewed', 'Screen Viewed', 'Product Viewed'] },
  gap_days: 30,
  visit_gap_days: 10,
  segments: shippedSegments,
  models: lifecyclePresets,
  journeys: readyJourneys.map(({ key, name, graph }) => ({ key, name, active: 1, versions: { 1: graph } })),
  policy: DEFAULT_POLICY,
};

test('a checkout begun and not finished within an hour reaches exactly those of whom the events say so', () => {
  const rule: Rule = {
    kind: 'unfollowed',
    first: { event: 'Checkout Started' },
    then: { event: 'Order Completed' },
    within: 'PT1H',
    by: 'cart_id',
    window: { last: 'P7D' },
  };
  const options = { span: SPAN, others: false, holdOut: false, assumeConsent: false };
  const backtest = prepareBacktest(definition, { kind: 'segment', key: TESTED_KEY, rule }, options);
  const tally = emptyTally();
  for (const person of people) {
    const outcome = backtestPerson(backtest, person);
    const expected = abandonedBy(person).filter((at) => at >= SPAN.from && at < SPAN.to);
    expect(outcome.reached.map(({ at }) => at)).toEqual(expected);
    // An hour after the checkout, by silence alone.
    expect(outcome.reached.every(({ event }) => event === null)).toBe(true);
    addOutcome(backtest, tally, outcome, 10);
  }
  expect(backtestResult(backtest, tally).reached.people).toBeGreaterThan(30);
});

test('every ready journey at once: each message has its end, and nobody gets more than the sending rules allow', () => {
  const graph = readyJourneys.find(({ key }) => key === 'broken_rhythm')?.graph;
  if (graph === undefined) throw new Error('the broken rhythm ships');
  const tested = { kind: 'journey' as const, key: 'broken_rhythm', version: 1, graph };
  const options = { span: SPAN, others: true, holdOut: false, assumeConsent: true };
  const backtest = prepareBacktest(definition, tested, options);
  const { zone } = backtest.program;
  const tally = emptyTally();
  let sent = 0;
  for (const person of people) {
    const outcome = backtestPerson(backtest, person);
    addOutcome(backtest, tally, outcome, 10);
    const times = outcome.messages
      .filter(
        ({ end, channel, journey, node }) =>
          end === 'sent' && channel === 'email' && isMarketing(journey, node),
      )
      .map(({ endedAt }) => endedAt ?? 0)
      .sort((a, b) => a - b);
    sent += times.length;
    times.forEach((at, i) => {
      expect(times.slice(0, i).some((other) => other >= dayStart(zone, localDay(zone, at)))).toBe(false);
      expect(times.slice(0, i).filter((other) => at < other + 7 * DAY).length).toBeLessThan(3);
    });
  }
  expect(sent).toBeGreaterThan(100);
  const { messages, overlap, skipped_inputs: skipped } = backtestResult(backtest, tally);
  if (messages === null) throw new Error('a journey asks for messages');
  expect(messages.asked).toBe(messages.sent + messages.dropped + messages.withheld + messages.waiting);
  expect(messages.held_reasons.reduce((sum, one) => sum + one.messages, 0)).toBe(messages.held);
  expect(messages.dropped_reasons.reduce((sum, one) => sum + one.messages, 0)).toBe(messages.dropped);
  expect(messages.held).toBeGreaterThan(0);
  expect(overlap.any).toBeGreaterThan(0);
  expect(skipped).toBe(0);
});

function isMarketing(journey: string, node: string): boolean {
  const found = readyJourneys.find(({ key }) => key === journey)?.graph.nodes[node];
  return found?.kind === 'email' && found.marketing !== false;
}

/** When the first of their open carts was an hour old, each time there was none before. */
function abandonedBy({ events }: PersonHistory): readonly number[] {
  const checkouts = events.filter(({ name }) => name === 'Checkout Started');
  const spells = checkouts.flatMap((checkout) => {
    const cart = checkout.properties['cart_id'];
    const isFinished = events.some(
      (e) =>
        e.name === 'Order Completed' &&
        e.properties['cart_id'] === cart &&
        e.at >= checkout.at &&
        e.at < checkout.at + HOUR,
    );
    const again = checkouts.find((other) => other.properties['cart_id'] === cart && other.at > checkout.at);
    const [from, until] = [checkout.at + HOUR, Math.min(checkout.at + 7 * DAY, again?.at ?? Infinity)];
    return isFinished || cart === undefined || until <= from ? [] : [{ from, until }];
  });
  const sorted = spells.sort((a, b) => a.from - b.from);
  let openUntil = -Infinity;
  return sorted.flatMap(({ from, until }) => {
    const isNew = from > openUntil;
    openUntil = Math.max(openUntil, until);
    return isNew ? [from] : [];
  });
}
