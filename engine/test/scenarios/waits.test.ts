// Waits of journeys: until a time of day where somebody lives, for the event of this cart and no other; and runs that are taken over
// to a new version.
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, parseJourney } from '../../src/index.ts';
import type { JourneyGraph, JourneyNode } from '../../src/index.ts';
import { DAY_ONE, Shop, shopDefinition } from '../support/shop.ts';

const graph = (nodes: { readonly [key: string]: JourneyNode }): JourneyGraph => ({
  entry: 't',
  nodes: { ...nodes, x: { kind: 'exit' } },
  reentry: 'after_exit',
});
const journey = (...versions: readonly JourneyGraph[]) => ({
  key: 'j',
  name: 'J',
  active: 1,
  versions: Object.fromEntries(versions.map((one, i) => [String(i + 1), one])),
});
const shop = (...versions: readonly JourneyGraph[]) =>
  new Shop(shopDefinition({ segments: [], models: [], journeys: [journey(...versions)] }));
const at = (days: number, ms = 0) => DAY_ONE + days * DAY_MS + ms;
const moves = (of: Shop) =>
  of.life.decisions.flatMap((d) =>
    d.kind === 'run_moved' ? [`${d.to} ${new Date(d.due_at).toISOString().slice(0, 16)}`] : [],
  );
const ends = (of: Shop) => of.life.decisions.flatMap((d) => (d.kind === 'run_ended' ? [d.reason] : []));

describe('until a time of day', () => {
  const start: JourneyNode = { kind: 'trigger', on: { kind: 'event', event: 'Started' }, next: 'w' };
  const nine = (weekdays?: readonly number[]) =>
    graph({
      t: start,
      w: { kind: 'wait_time', at: '09:00', ...(weekdays === undefined ? {} : { weekdays }), next: 'x' },
    });
  /** Sunday 29 March 2026, 01:00 UTC: the clocks of Berlin go forward. */
  const beforeChange = Date.parse('2026-03-28T12:00:00Z');
  const story = (of: JourneyGraph, from: number, zone: string) =>
    new Shop(shopDefinition({ segments: [], models: [], journeys: [journey(of)] }), from - DAY_MS)
      .event(from - HOUR_MS, 'Identified', {}, { type: 'identify', traits: { timezone: zone } })
      .event(from, 'Started')
      .until(from + 14 * DAY_MS);

  test.each([
    ['Europe/Berlin', undefined, 'x 2026-03-29T07:00'],
    ['America/New_York', undefined, 'x 2026-03-28T13:00'],
    ['Asia/Kolkata', undefined, 'x 2026-03-29T03:30'],
    ['Europe/Berlin', [1], 'x 2026-03-30T07:00'],
    ['Europe/Berlin', [6], 'x 2026-04-04T07:00'],
  ])(
    'is nine in the morning in %s (weekdays %j), also when the clocks change',
    (zone, weekdays, expected) => {
      expect(moves(story(nine(weekdays), beforeChange, zone))[1]).toBe(expected);
    },
  );

  test('whoever comes at that very minute goes on at once', () => {
    const sharp = Date.parse('2026-05-04T09:00:00Z');
    expect(moves(story(nine(), sharp, 'UTC'))).toEqual(['w 2026-05-04T09:00', 'x 2026-05-04T09:00']);
  });
});

describe('for an event of the same key', () => {
  const cart = graph({
    t: { kind: 'trigger', on: { kind: 'event', event: 'Checkout Started' }, key: 'cart_id', next: 'w' },
    w: {
      kind: 'wait_until',
      event: { event: 'Order Completed' },
      by: 'cart_id',
      within: 'P1D',
      next: 'x',
      timeout: 'm',
    },
    m: { kind: 'webhook', url: 'https://shop.example/reminder', next: 'x' },
  });

  test('another cart does not end the wait, this one does', () => {
    const story = shop(cart)
      .event(at(1), 'Checkout Started', { cart_id: 7 })
      .event(at(1, HOUR_MS), 'Order Completed', { cart_id: 'other' });
    expect(story.life.person.standing.runs).not.toEqual({});
    story.event(at(1, 2 * HOUR_MS), 'Order Completed', { cart_id: '7' });
    expect(ends(story)).toEqual(['exit']);
    expect(story.told('message_requested')).toEqual([]);
  });

  test('a start without the property waits in vain, and no event ends it', () => {
    const story = shop(cart)
      .event(at(1), 'Checkout Started')
      .event(at(1, HOUR_MS), 'Order Completed', { cart_id: 'undefined' })
      .event(at(1, 2 * HOUR_MS), 'Order Completed')
      .until(at(3));
    expect(story.told('message_requested')).toHaveLength(1);
  });
});

describe('a new version', () => {
  const start: JourneyNode = { kind: 'trigger', on: { kind: 'event', event: 'Started' }, next: 'w' };
  const first = graph({ t: start, w: { kind: 'wait', for: 'P10D', next: 'x' } });
  const shorter = graph({ t: start, w: { kind: 'wait', for: 'P2D', next: 'x' } });
  const without = graph({ t: { ...start, next: 'v' }, v: { kind: 'wait', for: 'P1D', next: 'x' } });

  test('takes a run to the node of the same key, where what it waited so far counts', () => {
    const story = shop(first, shorter).event(at(1), 'Started');
    story.input(at(2), { kind: 'move', journey: 'j', version: 2 });
    expect(Object.values(story.life.person.standing.runs)).toMatchObject([{ version: 2, node: 'w' }]);
    story.until(at(4));
    expect(moves(story).at(-1)).toBe(`x ${new Date(at(3)).toISOString().slice(0, 16)}`);
  });

  test('where there is no such node the run leaves; told twice, nothing more happens', () => {
    const story = shop(first, without).event(at(1), 'Started');
    story.input(at(2), { kind: 'move', journey: 'j', version: 2 });
    story.input(at(2), { kind: 'move', journey: 'j', version: 2 });
    expect(ends(story)).toEqual(['left']);
  });

  test('that does not exist moves nobody', () => {
    const story = shop(first).event(at(1), 'Started');
    story.input(at(2), { kind: 'move', journey: 'j', version: 9 });
    expect(Object.values(story.life.person.standing.runs)).toMatchObject([{ version: 1 }]);
  });
});

test('what cannot be waited for is refused at its place', () => {
  const known = {
    segments: new Set<string>(),
    models: new Map<string, ReadonlySet<string>>(),
    templates: new Set<string>(),
    topics: new Set<string>(),
  };
  const problems = (nodes: object): readonly string[] => {
    const parsed = parseJourney({ entry: 't', nodes, reentry: 'once' }, known);
    return parsed.ok ? [] : parsed.problems.map(({ path, code }) => `${path} ${code}`);
  };
  const t = { kind: 'trigger', on: { kind: 'api' }, next: 'w' };
  const x = { kind: 'exit' };
  expect(problems({ t, w: { kind: 'wait_time', at: '9', next: 'x' }, x })).toContain('/nodes/w/at bad_time');
  expect(problems({ t, w: { kind: 'wait_time', at: '09:00', weekdays: [0], next: 'x' }, x })).toContain(
    '/nodes/w/weekdays wrong_type',
  );
  expect(problems({ t, w: { kind: 'wait_time', at: '09:00', weekdays: [5, 1], next: 'x' }, x })).toEqual([]);
  expect(problems({ t: { ...t, key: 'cart_id' }, w: { ...x } })).toContain('/nodes/t/key key_without_event');
  const awaited = {
    kind: 'wait_until',
    event: { event: 'A' },
    by: 'cart_id',
    within: 'P1D',
    next: 'x',
    timeout: 'x',
  };
  expect(problems({ t, w: awaited, x })).toEqual(['/nodes/w/by no_run_key']);
});
