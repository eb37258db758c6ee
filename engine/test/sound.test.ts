import { expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../src/policy/governor.ts';
import type { Definition } from '../src/definition.ts';
import { compile } from '../src/program.ts';
import { findDefinitionRing } from '../src/lifecycle/order.ts';
import { lifecyclePresets } from '../src/lifecycle/presets.ts';
import { readyJourneys } from '../src/journeys/ready.ts';
import { shippedSegments } from '../src/lifecycle/segments.ts';
import { soundDefinition } from '../src/sound.ts';
import type { Rule } from '../src/rules/rule.ts';

const shipped: Definition = {
  workspace: 'w',
  version: 1,
  changed_at: 0,
  time_zone: 'Europe/Berlin',
  currency: 'EUR',
  purchase: { event: 'Order Completed' },
  refund: { event: 'Order Refunded' },
  visit: { event: 'Page Viewed' },
  gap_days: null,
  visit_gap_days: null,
  segments: shippedSegments,
  models: lifecyclePresets,
  journeys: readyJourneys.map(({ key, name, graph }) => ({ key, name, active: 1, versions: { 1: graph } })),
  policy: DEFAULT_POLICY,
};
const broken = JSON.parse('{"kind": "horoscope"}') as Rule;

test('what ships is sound, and so is a rule about something that was deleted', () => {
  expect(soundDefinition(shipped)).toBe(shipped);
  const orphan = { key: 'o', name: 'O', rule: { kind: 'segment', segment: 'gone_long_ago' } as const };
  const definition = { ...shipped, segments: [...shippedSegments, orphan] };
  expect(soundDefinition(definition)).toBe(definition);
});

test('segments in a ring and a journey with a broken condition are put to rest, and the rest compiles', () => {
  const [journey] = shipped.journeys;
  const graph = journey!.versions['1']!;
  const sound = soundDefinition({
    ...shipped,
    segments: [
      ...shippedSegments,
      { key: 'a', name: 'A', rule: { kind: 'segment', segment: 'b' } },
      { key: 'b', name: 'B', rule: { kind: 'segment', segment: 'a' } },
      { key: 'odd', name: 'Odd', rule: broken },
    ],
    journeys: [{ ...journey!, versions: { 1: { ...graph, exit_when: broken } } }],
  });
  expect(sound.unsound?.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
    'segment odd',
    'segment a',
    'segment b',
    `journey ${journey!.key}`,
  ]);
  expect(sound.journeys[0]).toMatchObject({ active: null });
  expect(Object.keys(sound.journeys[0]!.versions['1']!.nodes)).toEqual(Object.keys(graph.nodes));
  expect(compile(sound).segmentByKey.has('odd')).toBe(true);
});

test('a loyalty programme that cannot be read keeps its tiers and does nothing, and is no ring', () => {
  const sound = soundDefinition({
    ...shipped,
    programmes: [
      {
        key: 'club',
        name: 'Club',
        unit: { one: 'point', many: 'points' },
        counts_from: 'the beginning',
        earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down', who: broken }],
        expiry: { kind: 'earned', after: 'a year' },
        tiers: [{ key: 'gold', name: 'Gold', rule: broken }],
      },
    ],
  });
  expect(sound.unsound?.map(({ kind, key }) => `${kind} ${key}`)).toEqual(['programme club']);
  expect(sound.programmes).toMatchObject([{ earn: [], tiers: [{ key: 'gold' }] }]);
  expect(findDefinitionRing(sound)).toBeNull();
  expect(compile(sound).programmeKeys.has('club')).toBe(true);
});
