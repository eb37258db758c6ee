// Runs checks over random worlds until their runs or their time are used up; a broken one is shrunk and told in words.
import fc from 'fast-check';
import type { Check, Law } from './law.ts';
import { tellError, tellWorld } from './tell.ts';

export interface Budget {
  readonly seed: number;
  /** Worlds to try at most. */
  readonly runs?: number;
  /** Time to try them in. */
  readonly ms?: number;
  /** Where in the seed's worlds the broken one is, as told when it broke. */
  readonly path?: string;
  /** How long a broken world may be made smaller. */
  readonly shrinkMs?: number;
}

export type Outcome =
  | { readonly kind: 'holds'; readonly worlds: number }
  /** `world`: what was drawn, made small; to be kept as a regression. */
  | { readonly kind: 'broken'; readonly words: string; readonly world?: unknown };

const SHRINK_MS = 30_000;
/** Of the worlds drawn, so many may have rules in a ring; else there is too little to compare. */
const LEFT_OUT_MAX = 0.5;

export function runCheck(law: Law, check: Check, budget: Budget): Outcome {
  const found = fc.check(check.property, {
    seed: budget.seed,
    numRuns: budget.runs ?? Number.MAX_SAFE_INTEGER,
    maxSkipsPerRun: 1_000,
    endOnFailure: true,
    ...(budget.path === undefined ? {} : { path: budget.path }),
    ...(budget.ms === undefined ? {} : { interruptAfterTimeLimit: budget.ms }),
  });
  if (found.counterexamplePath !== null) return broken(law, check, budget, found.counterexamplePath);
  const drawn = found.numRuns + found.numSkips;
  if (drawn > 20 && found.numSkips > drawn * LEFT_OUT_MAX)
    return {
      kind: 'broken',
      words: `${heading(law, check)}: ${found.numSkips} of ${drawn} worlds were left out.`,
    };
  return { kind: 'holds', worlds: found.numRuns };
}

/** The broken world made small, as a story, with the command that lives it again. */
function broken(law: Law, check: Check, budget: Budget, path: string): Outcome {
  const small = fc.check(check.property, {
    seed: budget.seed,
    path,
    numRuns: 1,
    interruptAfterTimeLimit: budget.shrinkMs ?? SHRINK_MS,
  });
  const replay = [
    'npm run sim --',
    `--law ${law.name}`,
    `--check ${law.checks.indexOf(check) + 1}`,
    `--seed ${budget.seed}`,
    `--path ${small.counterexamplePath ?? path}`,
  ].join(' ');
  const words = [
    heading(law, check),
    `seed ${budget.seed}, made smaller ${small.numShrinks} times`,
    '',
    ...tellWorld(small.counterexample?.[0]),
    '',
    ...tellError(small.errorInstance),
    '',
    `Again: ${replay}`,
  ];
  return { kind: 'broken', words: words.join('\n'), world: small.counterexample?.[0] };
}

/** One kept world, lived again. Null: the law holds in it; else what broke, in words. */
export function relive(law: Law, check: Check, world: unknown): string | null {
  const failure = check.property.run([world]);
  if (failure instanceof Promise) throw new Error('the laws are synchronous');
  if (failure === null) return null;
  const error =
    'error' in failure ? failure.error : new Error('the world was left out: its rules feed each other');
  return [heading(law, check), '', ...tellWorld(world), '', ...tellError(error)].join('\n');
}

function heading(law: Law, check: Check): string {
  return `Law “${law.name}” is broken: ${check.says}`;
}
