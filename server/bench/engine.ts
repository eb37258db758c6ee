// The engine alone, in this process: no database, no encoding. What a step costs, whether rules that do not name an event
// make it dearer, and how large a person's state gets.
import { compile, DEFAULT_POLICY, encodePerson, newPerson, step } from '@rapport/engine';
import type { Definition, EventFact, Person, Program, Rule, SegmentDefinition } from '@rapport/engine';
import { readEvent } from '../src/http/ingest/read-event.ts';
import { industryEvents } from '../src/postgres/definitions.ts';
import { shipped } from '../src/shipped.ts';
import type { Bench, Measure, Values } from './support/figure.ts';
import { userIdOf } from './support/population.ts';
import { eventBy, ownSegments, segmentsWanted, yearOf } from './support/shop.ts';
import { median, monotonicMs, percentile, seededRandom } from './support/statistics.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 1, 12);
const unrelatedRules = 1_000;

interface Sizes {
  readonly people: number;
  readonly events: number;
  readonly rounds: number;
  readonly years: number;
}

export const engine: Measure = {
  title: 'The engine alone',
  names: ['steps_per_second_pure', 'rules_1000_unrelated_overhead_ratio', 'state_bytes_p99'],
  run(bench) {
    const sizes: Sizes = bench.quick
      ? { people: 500, events: 5_000, rounds: 3, years: 200 }
      : { people: 5_000, events: 40_000, rounds: 9, years: 2_000 };
    return Promise.resolve({ ...measureSteps(bench, sizes), ...measureStates(bench, sizes) });
  },
};

/** The same people and events under both programs, in turns, so that what else the machine does hits both. */
function measureSteps(bench: Bench, sizes: Sizes): Values {
  const twenty = compile(definitionOf(ownSegments.slice(0, segmentsWanted - shipped.segments.length)));
  const more = compile(
    definitionOf([
      ...ownSegments.slice(0, segmentsWanted - shipped.segments.length),
      ...Array.from({ length: unrelatedRules }, (_, n) => unrelated(n)),
    ]),
  );
  const random = seededRandom(1);
  const histories = Array.from({ length: sizes.people }, (_, n) =>
    factsOf(yearOf(userIdOf('pure-', n), random, { nowMs: nowMs - dayMs, events: 10 })),
  );
  const few = histories.map((history, n) => live(twenty, String(n), history));
  const many = histories.map((history, n) => live(more, String(n), history));
  const costs: { readonly few: number; readonly many: number }[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const events = Array.from({ length: sizes.events }, (_, n) => {
      const who = random.below(sizes.people);
      const at = nowMs + round * 3_600_000 + n;
      return { who, facts: factsOf([eventBy(userIdOf('pure-', who), random, `r${round}-${n}`, at)]) };
    });
    // Who goes first changes: the second finds the caches warm.
    const cost = { few: 0, many: 0 };
    for (const side of round % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const)) {
      const [program, people] = side === 'few' ? [twenty, few] : [more, many];
      const begun = monotonicMs();
      for (const { who, facts } of events) {
        const person = people[who];
        if (person !== undefined) people[who] = take(program, person, facts);
      }
      cost[side] = (monotonicMs() - begun) / sizes.events;
    }
    costs.push(cost);
  }
  // The first rounds are compiled as they run.
  const measured = costs.slice(Math.min(2, costs.length - 1));
  const each = median(measured.map((cost) => cost.few));
  const ratio = median(measured.map((cost) => cost.many / cost.few));
  bench.note(
    `a step takes ${(each * 1000).toFixed(1)} µs with ${segmentsWanted} segments and a lifecycle model (median of ${measured.length} rounds of ${sizes.events.toLocaleString('en')}); ` +
      `with ${unrelatedRules.toLocaleString('en')} more segments ${(median(measured.map((cost) => cost.many)) * 1000).toFixed(1)} µs`,
  );
  return { steps_per_second_pure: 1000 / each, rules_1000_unrelated_overhead_ratio: ratio };
}

/** Half of all shoppers leave thirty events in a year, one in a hundred a thousand. */
function measureStates(bench: Bench, sizes: Sizes): Values {
  const program = compile(definitionOf([]));
  const random = seededRandom(2);
  const people = Array.from({ length: sizes.years }, (_, n) => {
    const events = Math.min(2_000, Math.round(30 * Math.exp(1.5 * normal(random))) + 1);
    const history = factsOf(yearOf(userIdOf('year-', n), random, { nowMs, events }));
    return live(program, String(n), history);
  });
  const bytes = people.map((person) => Buffer.byteLength(encodePerson(person)));
  bench.note(
    `a year of history: ${percentile(bytes, 0.5).toLocaleString('en')} bytes (p50), ${percentile(bytes, 0.99).toLocaleString('en')} (p99), ` +
      `${Math.max(...bytes).toLocaleString('en')} at most; ${largestParts(people, bytes)}`,
  );
  return { state_bytes_p99: percentile(bytes, 0.99) };
}

/** What the largest states consist of, so that whoever wants them smaller knows where to begin. */
function largestParts(people: readonly Person[], bytes: readonly number[]): string {
  const limit = percentile(bytes, 0.99);
  const person = people.find((_, n) => bytes[n] === limit);
  if (person === undefined) return '';
  const parts = [
    ['traits and identities', [person.memory.traits, person.memory.identities]],
    ...Object.entries(person.memory.slots),
    ['standing', person.standing],
  ] as const;
  const sized = parts.map(([name, part]) => ({ name, length: JSON.stringify(part).length }));
  const largest = sized.toSorted((a, b) => b.length - a.length).slice(0, 3);
  return `of the p99: ${largest.map(({ name, length }) => `${name} ${length.toLocaleString('en')}`).join(', ')}`;
}

function definitionOf(more: readonly { readonly key: string; readonly rule: object }[]): Definition {
  const segments = more.map((each): SegmentDefinition => ({
    key: each.key,
    name: each.key,
    // Written for the API, where the engine's own parser reads it.
    rule: each.rule as Rule,
  }));
  return {
    workspace: 'bench',
    version: 1,
    changed_at: nowMs - 400 * dayMs,
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    ...industryEvents('shop'),
    gap_days: null,
    visit_gap_days: null,
    segments: [...shipped.segments, ...segments],
    models: shipped.models.slice(0, 1),
    journeys: [],
    policy: DEFAULT_POLICY,
  };
}

function unrelated(n: number): { readonly key: string; readonly rule: object } {
  const window = { last: `P${1 + (n % 90)}D` };
  return {
    key: `unrelated_${n}`,
    rule: { kind: 'count', event: `Unrelated ${n % 300}`, window, op: 'at_least', n: 1 + (n % 3) },
  };
}

function live(program: Program, id: string, history: readonly EventFact[]): Person {
  return take(program, newPerson(program, id, history[0]?.at ?? nowMs), history);
}

function take(program: Program, before: Person, facts: readonly EventFact[]): Person {
  let person = before;
  for (const event of facts) {
    const stepped = step(program, person, { kind: 'event', event }, event.at);
    if (stepped.kind !== 'stepped') throw new Error(`a step ended as ${stepped.kind}`);
    person = stepped.person;
  }
  return person;
}

/** What the door makes of them. */
function factsOf(events: readonly object[]): readonly EventFact[] {
  return events.map((event, index) => {
    const read = readEvent(event, index, {
      workspaceId: 'bench',
      trust: 'server',
      receivedAt: nowMs + dayMs,
      newId: () => '',
      sentAt: undefined,
      type: null,
    });
    if (read.kind !== 'event') throw new Error('an event of the bench was refused');
    return read.event.fact;
  });
}

function normal(random: { next(): number }): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
