// Each row of the table in docs/rules.md: its example parses as it stands, can be said, and holds in the one history and not
// in the other, for the engine and for the naive evaluator alike.
import { describe, expect, test } from 'vitest';
import { compileZone } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import type { CatalogueEntry } from '../../src/rules/catalogue.ts';
import {
  ruleAmountOps,
  ruleAnchors,
  ruleComparisons,
  ruleCountOps,
  ruleWindows,
} from '../../src/rules/catalogue-parts.ts';
import { ruleKinds } from '../../src/rules/catalogue.ts';
import { compileRule } from '../../src/rules/compile.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { explain } from '../../src/rules/explain.ts';
import { KINDS, parseRule } from '../../src/rules/parse.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { sentence } from '../../src/rules/sentence.ts';
import { baseDefinition } from '../support/worlds.ts';
import { EMPTY_STANDING, instant, SHOP } from '../support/facts.ts';
import { holds } from '../support/oracle.ts';
import type { Row, Story } from '../support/rows.ts';
import {
  amountOpRows,
  anchorRows,
  comparisonRows,
  countOpRows,
  kindRows,
  windowRows,
} from '../support/rows.ts';

const KNOWN = {
  segments: new Set(['vip', 'unhappy']),
  models: new Map([['default', new Set(['build_up'])]]),
  journeys: new Set(['welcome']),
  programmes: new Map([['club', new Set(['silver', 'gold'])]]),
};

const learnt = baseDefinition(SHOP);
const { prediction: _, ...unlearnt } = learnt;
const zone = compileZone(learnt.time_zone)!;

describe.each([
  ['kind', ruleKinds, kindRows],
  ['comparison', ruleComparisons, comparisonRows],
  ['window', ruleWindows, windowRows],
  ['anchor', ruleAnchors, anchorRows],
  ['count', ruleCountOps, countOpRows],
  ['amount', ruleAmountOps, amountOpRows],
] as const)('%s', (_, catalogue, rows) => {
  test.each(cases(catalogue, rows))('%s', (_, rule, row) => {
    expect(parseRule(rule, KNOWN)).toEqual({ ok: true, value: rule });
    expect(sentence(rule)).toMatch(/^(has|is|not|the|“)/);
    expect(sentence(rule)).not.toMatch(/undefined|null|\[object/);
    for (const [isHeld, story] of [
      [true, row.holds],
      [false, row.fails],
    ] as const) {
      expect(ask(rule, story)).toBe(isHeld);
      expect(holds(worldOf(story), rule, nowOf(story))).toBe(isHeld);
    }
  });
});

test('the catalogue shows every kind the parser reads, and no other', () => {
  expect(Object.keys(ruleKinds).sort()).toEqual(KINDS.toSorted());
});

/** Every example with its two histories, named by the rule itself. */
function cases(
  catalogue: { readonly [key: string]: CatalogueEntry },
  rows: { readonly [key: string]: readonly Row[] },
): readonly (readonly [string, Rule, Row])[] {
  return Object.entries(catalogue).flatMap(([key, entry]) => {
    expect([key, rows[key]?.length]).toEqual([key, entry.examples.length]);
    return entry.examples.map((rule, i) => [`${key}: ${sentence(rule)}`, rule, rows[key]![i]!] as const);
  });
}

function ask(rule: Rule, story: Story): boolean {
  const world = worldOf(story);
  const scope = { zone, definition: world.definition };
  const compiled = compileRule(rule, scope);
  const context = {
    memory: refoldMemory(planMemory([compiled], scope), world.history, nowOf(story)),
    standing: world.standing,
    personId: world.personId,
    now: nowOf(story),
    runStartedAt: world.runStartedAt,
  };
  const told = explain(compiled, context);
  expect(told.sentence).toBe(sentence(rule));
  return evaluate(compiled, context).holds;
}

function worldOf(story: Story) {
  return {
    definition: story.unlearnt === true ? unlearnt : learnt,
    history: story.events ?? [],
    standing: { ...EMPTY_STANDING, ...story.standing },
    personId: story.personId ?? 'p1',
    runStartedAt: story.runStartedAt ?? null,
  };
}

function nowOf(story: Story): number {
  return instant(story.now ?? '2026-06-01T12:00:00Z');
}
