// Law 3: evaluate(rule, memory, now) equals a naive evaluator over the whole history; and `until` is honest: nothing
// changes by itself before it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { NEVER } from '../../src/lib/instant.ts';
import { compileZone, dayStart, localDay } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { rememberAll } from '../support/remember-all.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { EvaluationContext } from '../../src/rules/evaluate.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { explain } from '../../src/rules/explain.ts';
import { parseRule } from '../../src/rules/parse.ts';
import type { Answer, Rule } from '../../src/rules/rule.ts';
import type { World } from '../support/oracle.ts';
import { holds, milliseconds } from '../support/oracle.ts';
import { RUNS } from '../support/runs.ts';
import { definition, history, instant, leaf, rule, SPAN_DAYS, standing, START } from '../support/random.ts';

const DAY = 86_400_000;

const world: fc.Arbitrary<World> = fc.record({
  definition,
  history: history({ bursts: true }),
  standing,
  personId: fc.constantFrom('p1', 'p2', 'p3'),
  runStartedAt: fc.option(instant),
});

/** Shortly after some event, or anywhere later. */
const later = fc.tuple(
  fc.nat(),
  fc.oneof(fc.constantFrom(0, 1, DAY, 30 * DAY), fc.integer({ min: 0, max: 100 * DAY })),
);

test('an answer equals that of a naive evaluator over the whole history', () => {
  fc.assert(
    fc.property(world, rule, later, (random, asked, moment) => {
      const known = upTo(random, moment);
      const { answer, now } = ask(known.world, asked, known.now);
      expect(answer.holds).toBe(holds(known.world, asked, now));
    }),
    RUNS,
  );
});

test('every kind of leaf equals the naive evaluator, its memory remembered fact by fact', () => {
  fc.assert(
    fc.property(world, fc.array(leaf, { minLength: 10, maxLength: 20 }), later, (random, asked, moment) => {
      const known = upTo(random, moment);
      for (const each of asked) {
        const { answer, now } = ask(known.world, each, known.now, rememberAll);
        expect([each, answer.holds]).toEqual([each, holds(known.world, each, now)]);
      }
    }),
    RUNS,
  );
});

test('nothing changes by itself before `until`', () => {
  fc.assert(
    fc.property(
      world,
      rule,
      later,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 10 }),
      (random, asked, moment, shares) => {
        const known = upTo(random, moment);
        const { answer, now } = ask(known.world, asked, known.now);
        for (const at of instantsBefore(answer.until, now, known.world, asked, shares)) {
          expect([at, holds(known.world, asked, at)]).toEqual([at, answer.holds]);
        }
      },
    ),
    RUNS,
  );
});

test('the `until` of a leaf is exact: there its answer turns', () => {
  fc.assert(
    fc.property(world, leaf, later, (random, asked, moment) => {
      const known = upTo(random, moment);
      const { answer } = ask(known.world, asked, known.now);
      fc.pre(answer.until !== NEVER);
      expect(holds(known.world, asked, answer.until)).toBe(!answer.holds);
      expect(holds(known.world, asked, answer.until - 1)).toBe(answer.holds);
    }),
    { ...RUNS, maxSkipsPerRun: 1_000 },
  );
});

test('every random rule is one that the parser accepts unchanged, can be said and explained', () => {
  const known = {
    segments: new Set(['s1', 's2']),
    models: new Map([['m', new Set(['new', 'old'])]]),
    journeys: new Set(['j1', 'j2']),
  };
  fc.assert(
    fc.property(world, leaf, (random, asked) => {
      const parsed = parseRule(asked, known);
      // The random counts include "at least 0", which the parser refuses as always true.
      fc.pre(parsed.ok || !parsed.problems.every((problem) => problem.code === 'out_of_range'));
      expect(parsed).toEqual({ ok: true, value: asked });
      const { compiled, context } = ready(random, asked, START + SPAN_DAYS * DAY);
      const told = explain(compiled, context);
      expect(told.sentence.length).toBeGreaterThan(5);
      expect(told.evidence.length).toBeGreaterThan(0);
    }),
    { ...RUNS, maxSkipsPerRun: 1_000 },
  );
});

type Fold = typeof refoldMemory;

function ready(random: World, asked: Rule, now: number, fold: Fold = refoldMemory) {
  const zone = compileZone(random.definition.time_zone)!;
  const scope = { zone, definition: random.definition };
  const compiled = compileRule(asked, scope);
  const plan = planMemory([compiled], scope);
  const context: EvaluationContext = {
    memory: fold(plan, random.history, now),
    standing: random.standing,
    personId: random.personId,
    now,
    runStartedAt: random.runStartedAt,
  };
  return { compiled, context, zone };
}

function ask(random: World, asked: Rule, now: number, fold?: Fold): { answer: Answer; now: number } {
  const { compiled, context } = ready(random, asked, now, fold);
  return { answer: evaluate(compiled, context), now };
}

/** The world as it was at a moment after one of its events: nothing of the future is known. */
function upTo(random: World, [pick, ms]: readonly [number, number]): { world: World; now: number } {
  const times = random.history.map((event) => event.at);
  const now = (times.length === 0 ? START : times[pick % times.length]!) + ms;
  const past: readonly EventFact[] = random.history.filter((event) => event.at <= now);
  return { world: { ...random, history: past }, now };
}

/** Random instants before `until`, both ends, and the edges that the rule's own durations and midnights make. */
function instantsBefore(
  until: number,
  now: number,
  random: World,
  asked: Rule,
  shares: readonly number[],
): readonly number[] {
  const end = Math.min(until, now + 3 * 365 * DAY);
  const zone = compileZone(random.definition.time_zone)!;
  const texts = [...new Set(JSON.stringify(asked).match(/(?<=")P[0-9TDWHMS]+(?=")/g) ?? [])];
  const edges = random.history
    .slice(-40)
    .flatMap((event) => texts.map((text) => event.at + milliseconds(text)))
    .concat([1, 2, 3, 7, 30, 60, 90].map((n) => dayStart(zone, localDay(zone, now) + n)))
    .flatMap((edge) => [edge - 1, edge, edge + 1]);
  return [now, end - 1, ...shares.map((share) => Math.floor(now + share * (end - now))), ...edges]
    .filter((at) => at >= now && at < end)
    .sort((a, b) => a - b)
    .filter((at, i, all) => at !== all[i - 1])
    .slice(0, 80);
}
