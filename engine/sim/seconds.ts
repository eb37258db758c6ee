// Worlds of two hours: windows of seconds, so that every second can be looked at.
import fc from 'fast-check';
import type { Definition } from '../src/index.ts';
import type { Happening } from '../test/support/worlds.ts';
import { definitions, inputsOf, START, stories } from '../test/support/worlds.ts';
import type { Story } from './life.ts';

export const HORIZON_MS = 7_200_000;

export interface Seconds {
  readonly definition: Definition;
  readonly story: readonly Happening[];
}

export const seconds: fc.Arbitrary<Seconds> = fc.record({ definition: definitions, story: stories });

export function storyOf(world: Seconds): Story {
  return { from: START, to: START + HORIZON_MS, inputs: inputsOf(world.story) };
}
