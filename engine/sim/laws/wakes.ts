// Law 2: the same decisions at the same logical instants, whether someone looks all the time, only at appointments, or late.
import fc from 'fast-check';
import { compile } from '../../src/index.ts';
import type { Program } from '../../src/index.ts';
import { milliseconds } from '../../test/support/oracle.ts';
import type { Law } from '../law.ts';
import { agree, check } from '../law.ts';
import type { Life, Story } from '../life.ts';
import { liveAtAppointments, liveAtTicks, logical } from '../life.ts';
import * as inSeconds from '../seconds.ts';
import type { Years } from '../years.ts';
import { storyOf, years } from '../years.ts';

const DAY = 86_400_000;
const EDGES_MAX = 600;
const RANDOM_INSTANTS = 200;

const shares = (n: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: n, size: 'max' });

export const wakes: Law = {
  name: 'wakes',
  checks: [
    check(
      'asking every rule every second for two hours decides what appointments decide',
      inSeconds.seconds,
      (world) => {
        const story = inSeconds.storyOf(world);
        const program = compile(world.definition);
        const ticks = Array.from(
          { length: inSeconds.HORIZON_MS / 1_000 },
          (_, i) => story.from + (i + 1) * 1_000,
        );
        isSame(liveAtAppointments(program, story), liveAtTicks(program, story, ticks, { unasked: true }));
      },
      3,
    ),
    check(
      'wakes that come late, in vain or not at all between inputs change nothing',
      fc.record({ world: inSeconds.seconds, delays: shares(20) }),
      ({ world, delays }) => isSameWhenLate(compile(world.definition), inSeconds.storyOf(world), delays),
    ),
    check(
      'over years, asking every rule around each edge and at random instants decides what appointments decide',
      fc.record({ world: years({ rulesMax: 16 }), instants: shares(RANDOM_INSTANTS) }),
      ({ world, instants }) => {
        const story = storyOf(world);
        const program = compile(world.definition);
        const ticks = [...edgesOf(world, story), ...spread(story, instants)].sort((a, b) => a - b);
        isSame(liveAtAppointments(program, story), liveAtTicks(program, story, ticks, { unasked: true }));
      },
      3,
    ),
    check(
      'over years, wakes that come late change nothing',
      fc.record({ world: years({ rulesMax: 24 }), delays: shares(20) }),
      ({ world, delays }) => isSameWhenLate(compile(world.definition), storyOf(world), delays),
    ),
  ],
};

function isSameWhenLate(program: Program, story: Story, delays: readonly number[]): void {
  const ticks = [...spread(story, delays)].sort((a, b) => a - b);
  isSame(liveAtAppointments(program, story), liveAtTicks(program, story, ticks, { unasked: false }));
}

function isSame(expected: Life, got: Life): void {
  agree('decisions', { decisions: logical(expected.decisions) }, { decisions: logical(got.decisions) });
}

function spread(story: Story, shares: readonly number[]): readonly number[] {
  return shares.map((share) => Math.floor(story.from + share * (story.to - story.from)));
}

/** Where a window of some rule ends after some event, a millisecond before and after too; thinned out evenly. */
function edgesOf(world: Years, story: Story): readonly number[] {
  const texts = new Set(JSON.stringify(world.definition).match(/(?<=")P[0-9TDWHMS]+(?=")/g));
  const lengths = [...texts].map(milliseconds);
  const edges = world.history
    .flatMap((event) => lengths.map((ms) => event.at + ms))
    .concat(world.history.map((event) => event.at - (event.at % DAY) + DAY))
    .filter((at) => at > story.from && at < story.to)
    .sort((a, b) => a - b);
  const every = Math.ceil(edges.length / (EDGES_MAX / 3));
  return edges.filter((_, i) => i % every === 0).flatMap((edge) => [edge - 1, edge, edge + 1]);
}
