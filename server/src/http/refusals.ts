// How a change of definitions is refused, whatever is defined: every problem at once, rings across definitions, what something else needs.
import { findDefinitionRing } from '@rapport/engine';
import type { Definition } from '@rapport/engine';
import { ProblemError } from '../errors.ts';
import type { Problem } from '../errors.ts';

/** One failure that carries every problem. */
export function invalid(
  code: 'invalid_model' | 'invalid_rule' | 'invalid_journey' | 'invalid_programme',
  problems: readonly Problem[],
  message: string,
): ProblemError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new ProblemError(
    {
      code,
      path: first?.path ?? '/',
      message: `${message}: ${first?.message ?? 'it cannot be read'}${more}`,
      hint: first?.hint ?? 'See docs/api.md.',
    },
    { problems },
  );
}

/** Segments and models that would feed each other for ever: everyone's events would be parked. */
export function ringProblem(
  definition: Pick<Definition, 'segments' | 'models' | 'programmes'>,
  path: string,
): Problem | null {
  const ring = findDefinitionRing(definition);
  if (ring === null) return null;
  return {
    code: 'cycle',
    path,
    message: `These would refer to each other in a ring: ${ring.join(' → ')}.`,
    hint: 'Let one of them ask the underlying question itself.',
  };
}

export function inUse(message: string, hint: string): ProblemError {
  return new ProblemError({ code: 'in_use', message, hint });
}
