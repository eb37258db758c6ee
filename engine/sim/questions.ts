// Questions to one rule at one instant, asked where answers may turn: at the ends of windows, at midnights, a millisecond off.
import fc from 'fast-check';
import type { EventFact } from '../src/input.ts';
import { nextPeriod, PERIODS, periodStart } from '../src/lib/calendar.ts';
import type { Zone } from '../src/lib/zone.ts';
import { parseDateText } from '../src/lib/date-text.ts';
import { compileZone, dayStart, hourIndex, hourStart, localDay } from '../src/lib/zone.ts';
import { refoldMemory } from '../src/memory/remember.ts';
import { compileRule } from '../src/rules/compile.ts';
import type { CompiledRule } from '../src/rules/compile.ts';
import type { EvaluationContext } from '../src/rules/evaluate.ts';
import type { Rule } from '../src/rules/rule.ts';
import type { World } from '../test/support/oracle.ts';
import { milliseconds } from '../test/support/oracle.ts';
import { definition, history, instant, standing, START } from '../test/support/random.ts';
import { planOf } from './memories.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type Question = World;

export const question: fc.Arbitrary<Question> = fc.record({
  definition,
  history: history({ bursts: true }),
  standing,
  personId: fc.constantFrom('p1', 'p2', 'p3'),
  runStartedAt: fc.option(instant),
});

/** Which of the many moments at which something may turn, or any other soon after an event. */
export interface Moment {
  readonly pick: number;
  readonly ms: number | null;
}
export const moment: fc.Arbitrary<Moment> = fc.record({
  pick: fc.nat(),
  ms: fc.oneof(fc.constant(null), fc.constantFrom(0, 1), fc.integer({ min: 0, max: 100 * DAY })),
});

/** Memory folded for all rules, up to the last event only: windows may have moved on since. */
export function ready(
  world: Question,
  all: readonly Rule[],
  now: number,
  asked: Rule,
  fold: typeof refoldMemory = refoldMemory,
): { readonly compiled: CompiledRule; readonly context: EvaluationContext } {
  const plan = planOf({ definition: world.definition, rules: all });
  const context: EvaluationContext = {
    memory: fold(plan, world.history, Math.max(START, ...world.history.map((event) => event.at))),
    standing: world.standing,
    personId: world.personId,
    now,
    runStartedAt: world.runStartedAt,
  };
  const scope = { zone: compileZone(world.definition.time_zone)!, definition: world.definition };
  return { compiled: compileRule(asked, scope), context };
}

/** The world as it was at some moment: nothing of what came later is known. */
export function upTo(
  world: Question,
  asked: readonly Rule[],
  when: Moment,
): { readonly known: Question; readonly now: number } {
  const moments =
    when.ms === null ? edgesOf(world, asked) : world.history.map((event) => event.at + when.ms!);
  const now = moments.length === 0 ? START : moments[when.pick % moments.length]!;
  const past: readonly EventFact[] = world.history.filter((event) => event.at <= now);
  return { known: { ...world, history: past }, now };
}

/** Where windows end and days begin, a millisecond before and after too. */
function edgesOf(world: Question, asked: readonly Rule[]): readonly number[] {
  const zone = compileZone(world.definition.time_zone)!;
  const texts = [...new Set(JSON.stringify(asked).match(/(?<=")P[0-9TDWHMS]+(?=")/g) ?? [])];
  const lengths = texts.map(milliseconds);
  const days = asked.flatMap((each) => ('days' in each ? [each.days, 2 * each.days] : [1]));
  const periods = PERIODS.filter((period) => JSON.stringify(asked).includes(`"${period}"`));
  return world.history
    .slice(-40)
    .flatMap((event) => [
      ...lengths.map((ms) => event.at + ms),
      ...lengths.map((ms) => hourStart(zone, hourIndex(zone, event.at) + Math.floor(ms / HOUR))),
      ...periods.flatMap((period) => {
        const next = nextPeriod(period, periodStart(period, localDay(zone, event.at)));
        return [dayStart(zone, next), dayStart(zone, nextPeriod(period, next))];
      }),
      ...dateEdges(asked, zone, event),
      ...[...days, ...lengths.map((ms) => Math.floor(ms / DAY))].map((n) =>
        dayStart(zone, localDay(zone, event.at) + n),
      ),
    ])
    .flatMap((edge) => [edge - 1, edge, edge + 1]);
}

/** Where dates of this event begin and end, in this and the next years, in every zone that somebody lives in. */
function dateEdges(asked: readonly Rule[], zone: Zone, event: EventFact): readonly number[] {
  const text = JSON.stringify(asked);
  if (!text.includes('"from":')) return [];
  const offsets = [...text.matchAll(/"(from|to)":(-?\d+)/g)].map(
    ([, end, n]) => Number(n) + (end === 'to' ? 1 : 0),
  );
  const both = [...offsets, ...offsets.map((n) => n + 1)];
  const { renewal, timezone, time_zone } = event.traits;
  const zones = [zone, ...[timezone, time_zone].map((name) => compileZone(String(name)))].filter(
    (each) => each !== null,
  );
  const said = typeof renewal === 'string' ? parseDateText(renewal, zone) : null;
  return zones.flatMap((each) => {
    const day =
      said === null ? localDay(each, event.at) : said.kind === 'day' ? said.day : localDay(each, said.at);
    const of = new Date(day * DAY);
    const years = [2025, 2026, 2027].map((y) => Date.UTC(y, of.getUTCMonth(), of.getUTCDate()) / DAY);
    return [day, ...years, ...years.map((d) => d - 1)].flatMap((d) => both.map((n) => dayStart(each, d + n)));
  });
}

/** Random instants before `until`, both ends, and edges. */
export function instantsBefore(
  until: number,
  now: number,
  world: Question,
  asked: Rule,
  shares: readonly number[],
): readonly number[] {
  const end = Math.min(until, now + 3 * 365 * DAY);
  const edges = edgesOf(world, [asked, ...('rules' in asked ? asked.rules : [])]).filter(
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
