// A backtest over the whole history tells what living through it told: the same joins, leaves, moves and entries at the same
// instants, though its program holds only what the tested thing needs. And from any day on: what living told from that day on.
import fc from 'fast-check';
import { backtestPerson, compile, prepareBacktest } from '../../src/index.ts';
import type { Decision, Definition, PersonHistory, Tested } from '../../src/index.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import { liveAtAppointments } from '../life.ts';
import type { Story } from '../life.ts';
import * as inSeconds from '../seconds.ts';
import * as inYears from '../years.ts';

const DAY = 86_400_000;

interface World {
  readonly definition: Definition;
  readonly history: PersonHistory;
  readonly to: number;
}

const secondsWorld: fc.Arbitrary<World> = inSeconds.seconds.map((world) => {
  const story = inSeconds.storyOf(world);
  return { definition: world.definition, ...historyOf(story) };
});

const yearsWorld: fc.Arbitrary<World> = inYears
  .years({ rulesMax: 8 })
  .map((world) => ({ definition: world.definition, ...historyOf(inYears.storyOf({ ...world, lags: [] })) }));

export const backtest: Law = {
  name: 'backtest',
  checks: [
    check('over the whole history it tells what living told, to the second', secondsWorld, isSameAsLiving),
    check('over the whole history it tells what living told, over years', yearsWorld, isSameAsLiving, 2),
    check(
      'from any instant on it tells what living told from then on',
      fc.record({
        world: fc.oneof(secondsWorld, yearsWorld),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      ({ world, share }) => {
        const first = firstOf(world.history);
        const from = Math.floor(first + share * (world.to - first));
        // Journeys begin with the span; segments and stages must not notice it.
        isSame({ ...world, definition: { ...world.definition, journeys: [] } }, Math.max(from, first));
      },
      3,
    ),
  ],
};

function isSameAsLiving(world: World): void {
  isSame(world, firstOf(world.history));
}

function isSame({ definition, history, to }: World, from: number): void {
  if (to <= from) return;
  const life = liveAtAppointments(compile(definition), {
    from: firstOf(history),
    to: to - 1,
    inputs: inputsOf(history),
  });
  for (const tested of testedIn(definition)) {
    const prepared = prepareBacktest(definition, tested, {
      span: { from, to },
      others: true,
      holdOut: true,
      assumeConsent: false,
    });
    const { reached, left } = backtestPerson(prepared, history);
    const told = [...reached.map(({ at, from: was, to: is }) => [at, was, is]), ...left.map((at) => [at])];
    agree(
      `the backtest of ${nameOf(tested)} from ${from}`,
      lived(tested, life.decisions).filter(([at]) => Number(at) >= from),
      told,
    );
  }
}

/** Everything that can be tested, one after the other. */
function testedIn(definition: Definition): readonly Tested[] {
  return [
    ...definition.segments.map(({ key, rule }): Tested => ({ kind: 'segment', key, rule })),
    ...definition.models.map((model): Tested => ({ kind: 'model', model })),
    ...definition.journeys.map(({ key, versions }): Tested => ({
      kind: 'journey',
      key,
      version: 1,
      graph: versions['1']!,
    })),
  ];
}

function nameOf(tested: Tested): string {
  return `${tested.kind} ${tested.kind === 'model' ? tested.model.key : tested.key}`;
}

/** What the log says of it: moments reached, then moments left. */
function lived(tested: Tested, decisions: readonly Decision[]): readonly (readonly unknown[])[] {
  const reached = decisions.flatMap((d): readonly (readonly unknown[])[] => {
    if (tested.kind === 'segment' && d.kind === 'segment_joined' && d.segment === tested.key)
      return [[d.due_at, null, tested.key]];
    if (tested.kind === 'model' && d.kind === 'stage_changed' && d.model === tested.model.key)
      return [[d.due_at, d.from, d.to]];
    if (tested.kind === 'journey' && d.kind === 'run_started' && d.run.journey === tested.key)
      return [[d.due_at, null, tested.key]];
    return [];
  });
  const left = decisions.flatMap((d) =>
    tested.kind === 'segment' && d.kind === 'segment_left' && d.segment === tested.key ? [[d.due_at]] : [],
  );
  return [...reached, ...left];
}

/** The story as it is stored: each event at its own time, in the order in which history is read. */
function historyOf(story: Story): Pick<World, 'history' | 'to'> {
  const events = story.inputs
    .flatMap(({ now, input }) => (input.kind === 'event' ? [{ ...input.event, at: now }] : []))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const consents = story.inputs.flatMap(({ now, input }) =>
    input.kind === 'consent' ? [{ at: now, changes: input.changes }] : [],
  );
  const known = story.to + DAY;
  return { history: { id: 'p1', events, consents, contacts: [], knownUntil: known }, to: story.to };
}

function inputsOf({ events, consents }: PersonHistory): Story['inputs'] {
  const facts = events.map((event) => ({ now: event.at, input: { kind: 'event' as const, event } }));
  const said = consents.map(({ at, changes }) => ({ now: at, input: { kind: 'consent' as const, changes } }));
  return [...facts, ...said].sort((a, b) => a.now - b.now);
}

function firstOf(history: PersonHistory): number {
  return inputsOf(history)[0]?.now ?? 0;
}
