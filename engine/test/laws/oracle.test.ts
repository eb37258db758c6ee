// Law 3: evaluate(rule, memory, now) equals a naive evaluator over the whole history; and `until` is honest: nothing
// changes by itself before it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventFact } from '../../src/input.ts';
import { NEVER } from '../../src/lib/instant.ts';
import { nextPeriod, PERIODS, periodStart } from '../../src/lib/calendar.ts';
import { compileZone, dayStart, hourIndex, hourStart, localDay } from '../../src/lib/zone.ts';
import { planMemory } from '../../src/memory/plan.ts';
import { refoldMemory } from '../../src/memory/remember.ts';
import { rememberAll } from '../support/remember-all.ts';
import { compileRule } from '../../src/rules/compile.ts';
import type { EvaluationContext } from '../../src/rules/evaluate.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import { explain } from '../../src/rules/explain.ts';
import { parseRule } from '../../src/rules/parse.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { World } from '../support/oracle.ts';
import { holds, milliseconds } from '../support/oracle.ts';
import { RUNS } from '../support/runs.ts';
import {
  definition,
  history,
  instant,
  leaf,
  rule,
  SPAN_DAYS,
  standing,
  START,
  timelyRule,
} from '../support/random.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const world: fc.Arbitrary<World> = fc.record({
  definition,
  history: history({ bursts: true }),
  standing,
  personId: fc.constantFrom('p1', 'p2', 'p3'),
  runStartedAt: fc.option(instant),
});

/** Which of the many moments at which something may turn, or any other soon after an event. */
interface Moment {
  readonly pick: number;
  readonly ms: number | null;
}
const moment: fc.Arbitrary<Moment> = fc.record({
  pick: fc.nat(),
  ms: fc.oneof(fc.constant(null), fc.constantFrom(0, 1), fc.integer({ min: 0, max: 100 * DAY })),
});

test('an answer equals that of a naive evaluator over the whole history', () => {
  fc.assert(
    fc.property(world, fc.oneof(rule, timelyRule), moment, (random, asked, when) => {
      const { known, now } = upTo(random, [asked], when);
      const { compiled, context } = ready(known, [asked], now, asked);
      expect(evaluate(compiled, context).holds).toBe(holds(known, asked, now));
    }),
    RUNS,
  );
});

test('every kind of leaf equals the naive evaluator, all sharing one memory that was remembered fact by fact', () => {
  fc.assert(
    fc.property(world, fc.array(leaf, { minLength: 10, maxLength: 20 }), moment, (random, asked, when) => {
      const { known, now } = upTo(random, asked, when);
      const { compiled, context } = ready(known, asked, now, { kind: 'all', rules: asked }, rememberAll);
      for (const [i, each] of asked.entries()) {
        expect([each, evaluate(compiled.children[i]!, context).holds]).toEqual([
          each,
          holds(known, each, now),
        ]);
      }
    }),
    RUNS,
  );
});

test('nothing changes by itself before `until`', () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
    minLength: 5,
    maxLength: 15,
  });
  fc.assert(
    fc.property(world, fc.oneof(timelyRule, rule), moment, shares, (random, asked, when, drawn) => {
      const { known, now } = upTo(random, [asked], when);
      const { compiled, context } = ready(known, [asked], now, asked);
      const answer = evaluate(compiled, context);
      if (answer.until !== NEVER) {
        const again = evaluate(compiled, { ...context, now: answer.until });
        expect(again.holds).toBe(holds(known, asked, answer.until));
        expect(again.until).toBeGreaterThan(answer.until);
      }
      for (const at of instantsBefore(answer.until, now, known, asked, drawn)) {
        expect([at, holds(known, asked, at)]).toEqual([at, answer.holds]);
      }
    }),
    RUNS,
  );
});

test('the `until` of a leaf is exact: asked again there, it has turned', () => {
  let turned = 0;
  fc.assert(
    fc.property(world, fc.array(leaf, { minLength: 5, maxLength: 10 }), moment, (random, asked, when) => {
      const { known, now } = upTo(random, asked, when);
      const { compiled, context } = ready(known, asked, now, { kind: 'all', rules: asked });
      for (const [i, each] of asked.entries()) {
        const answer = evaluate(compiled.children[i]!, context);
        if (answer.until === NEVER) continue;
        turned++;
        expect([each, holds(known, each, answer.until)]).toEqual([each, !answer.holds]);
        expect(evaluate(compiled.children[i]!, { ...context, now: answer.until }).holds).toBe(!answer.holds);
        expect([each, holds(known, each, answer.until - 1)]).toEqual([each, answer.holds]);
      }
    }),
    RUNS,
  );
  expect(turned).toBeGreaterThan(RUNS.numRuns / 4);
});

test('the `until` of rules joined is as late as logic allows', () => {
  fc.assert(
    fc.property(world, timelyRule, moment, (random, asked, when) => {
      const { known, now } = upTo(random, [asked], when);
      const { compiled, context } = ready(known, [asked], now, asked);
      const isAll = asked.kind === 'all';
      const answers = compiled.children.map((child) => evaluate(child, context));
      // Those that decide: the false ones of a false `all`, the true ones of a true `any`.
      const deciding = answers.filter((answer) => answer.holds !== isAll).map((answer) => answer.until);
      const expected =
        deciding.length > 0 ? Math.max(...deciding) : Math.min(...answers.map((answer) => answer.until));
      expect(evaluate(compiled, context)).toEqual({ holds: deciding.length > 0 !== isAll, until: expected });
    }),
    RUNS,
  );
});

test('every random rule is one that the parser accepts unchanged, and that can be said and explained', () => {
  const names = {
    segments: new Set(['s1', 's2']),
    models: new Map([['m', new Set(['new', 'old'])]]),
    journeys: new Set(['j1', 'j2']),
  };
  fc.assert(
    fc.property(world, leaf, (random, asked) => {
      const parsed = parseRule(asked, names);
      // The random counts include "at least 0", which the parser refuses as always true.
      fc.pre(parsed.ok || !parsed.problems.every((problem) => problem.code === 'out_of_range'));
      expect(parsed).toEqual({ ok: true, value: asked });
      const { compiled, context } = ready(random, [asked], START + SPAN_DAYS * DAY, asked);
      const told = explain(compiled, context);
      expect(told.sentence.length).toBeGreaterThan(5);
      expect(told.evidence.length).toBeGreaterThan(0);
    }),
    { ...RUNS, maxSkipsPerRun: 1_000 },
  );
});

type Fold = typeof refoldMemory;

/** Memory folded for all rules, up to the last event only: windows may have moved on since. */
function ready(random: World, all: readonly Rule[], now: number, asked: Rule, fold: Fold = refoldMemory) {
  const scope = { zone: compileZone(random.definition.time_zone)!, definition: random.definition };
  const plan = planMemory(
    all.map((each) => compileRule(each, scope)),
    scope,
  );
  const context: EvaluationContext = {
    memory: fold(plan, random.history, Math.max(START, ...random.history.map((event) => event.at))),
    standing: random.standing,
    personId: random.personId,
    now,
    runStartedAt: random.runStartedAt,
  };
  return { compiled: compileRule(asked, scope), context };
}

/** The world as it was at some moment: nothing of what came later is known. */
function upTo(random: World, asked: readonly Rule[], when: Moment): { known: World; now: number } {
  const moments =
    when.ms === null ? edgesOf(random, asked) : random.history.map((event) => event.at + when.ms!);
  const now = moments.length === 0 ? START : moments[when.pick % moments.length]!;
  const past: readonly EventFact[] = random.history.filter((event) => event.at <= now);
  return { known: { ...random, history: past }, now };
}

/** Where windows end and days begin, a millisecond before and after too. */
function edgesOf(random: World, asked: readonly Rule[]): readonly number[] {
  const zone = compileZone(random.definition.time_zone)!;
  const texts = [...new Set(JSON.stringify(asked).match(/(?<=")P[0-9TDWHMS]+(?=")/g) ?? [])];
  const lengths = texts.map(milliseconds);
  const days = asked.flatMap((each) => ('days' in each ? [each.days, 2 * each.days] : [1]));
  const periods = PERIODS.filter((period) => JSON.stringify(asked).includes(`"${period}"`));
  return random.history
    .slice(-40)
    .flatMap((event) => [
      ...lengths.map((ms) => event.at + ms),
      ...lengths.map((ms) => hourStart(zone, hourIndex(zone, event.at) + Math.floor(ms / HOUR))),
      ...periods.flatMap((period) => {
        const next = nextPeriod(period, periodStart(period, localDay(zone, event.at)));
        return [dayStart(zone, next), dayStart(zone, nextPeriod(period, next))];
      }),
      ...[...days, ...lengths.map((ms) => Math.floor(ms / DAY))].map((n) =>
        dayStart(zone, localDay(zone, event.at) + n),
      ),
    ])
    .flatMap((edge) => [edge - 1, edge, edge + 1]);
}

/** Random instants before `until`, both ends, and edges. */
function instantsBefore(
  until: number,
  now: number,
  random: World,
  asked: Rule,
  shares: readonly number[],
): readonly number[] {
  const end = Math.min(until, now + 3 * 365 * DAY);
  const edges = edgesOf(random, [asked, ...('rules' in asked ? asked.rules : [])]).filter(
    (at) => at > now && at < end,
  );
  const step = Math.ceil(edges.length / 60);
  return [
    now,
    end - 1,
    ...shares.map((share) => Math.floor(now + share * (end - now))),
    ...edges.filter((_, i) => i % step === 0),
  ]
    .filter((at) => at >= now && at < end)
    .filter((at, i, all) => all.indexOf(at) === i);
}
