// Every kind of condition can be made from the menu and is understood by the engine as it begins.
import { lifecyclePresets, parseRule, shippedSegments, type Known } from '@rapport/engine';
import { expect, test } from 'vitest';
import type { Vocabulary } from '../../api/vocabulary.ts';
import type { Json, RuleJson } from '../../api/rules.ts';
import { isObject, valueAt } from '../../lib/rule-tree.ts';
import { beginnings, forms, isLeafKind } from './forms.ts';
import type { Part } from './part.ts';

const seen: Vocabulary = {
  events: [{ name: 'Order Completed', seen: 1 }],
  looked: { events: 1, whole: true },
  purchase: ['Order Completed'],
  traits: [{ path: 'city', types: ['text'], examples: ['Graz'] }],
  segments: [{ key: 'vip', name: 'VIP' }],
  models: [{ key: 'default', name: 'Relationship', stages: [{ key: 'build_up', name: 'Build-up' }] }],
  journeys: [{ key: 'welcome', name: 'Welcome' }],
  programmes: [{ key: 'club', name: 'Club', tiers: [{ key: 'gold', name: 'Gold' }] }],
  topics: [{ key: 'offers', name: 'Offers' }],
  channels: ['email'],
};
const known: Known = {
  segments: new Set(['vip']),
  models: new Map([['default', new Set(['build_up'])]]),
  journeys: new Set(['welcome']),
  programmes: new Map([['club', new Set(['gold'])]]),
  topics: new Set(['offers']),
};

test.each(beginnings.map((one) => [one.title, one] as const))(
  '"%s" begins with a rule that holds water',
  (_title, one) => {
    const parsed = parseRule(one.rule(seen), known);
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
  },
);

test('every kind stands in the menu, and its sentence shows every key that it begins with', () => {
  for (const [kind, { menu, parts }] of Object.entries(forms)) {
    expect(menu.length, kind).toBeGreaterThan(0);
    for (const { rule } of menu) {
      const begun = rule(seen);
      const leaf = begun['kind'] === 'not' && isObject(begun['rule']) ? begun['rule'] : begun;
      const keys = parts(leaf).flatMap(keysOf);
      // What is asked of points is chosen in the menu, as the kind is: the sentence says it in its words.
      const inMenu = kind === 'points' ? ['kind', 'of'] : ['kind'];
      for (const key of Object.keys(leaf))
        if (!inMenu.includes(key)) expect(keys, `${kind}.${key}`).toContain(key);
    }
  }
});

test('every shipped rule is made of kinds that the builder can show', () => {
  const shipped: unknown[] = [shippedSegments, lifecyclePresets];
  const kinds = new Set(shipped.flatMap((one) => kindsIn(JSON.parse(JSON.stringify(one)) as Json)));
  expect(kinds.size).toBeGreaterThan(5);
  expect([...kinds].filter((kind) => !isLeafKind(kind))).toEqual([]);
});

function keysOf(part: Part): readonly string[] {
  switch (part.part) {
    case 'words':
    case 'verb':
      return [];
    case 'comparison':
      return ['op', 'value'];
    case 'window':
      return ['window'];
    case 'more':
      return [part.key, ...part.parts.flatMap(keysOf)];
    default:
      return [part.key.split('.')[0] ?? ''];
  }
}

/** Kinds of the conditions inside every rule of a definition. */
function kindsIn(json: Json): string[] {
  if (Array.isArray(json)) return json.flatMap((one: Json) => kindsIn(one));
  if (!isObject(json)) return [];
  const own = valueAt(json, ['rule']);
  const below = Object.entries(json).flatMap(([key, value]) => (key === 'rule' ? [] : kindsIn(value)));
  return [...below, ...(isObject(own) ? leafKinds(own) : [])];
}

function leafKinds(rule: RuleJson): string[] {
  const { kind, rules, rule: inner } = rule;
  if (Array.isArray(rules)) return rules.flatMap((one: Json) => (isObject(one) ? leafKinds(one) : []));
  if (kind === 'not' && isObject(inner)) return leafKinds(inner);
  return [String(kind)];
}
