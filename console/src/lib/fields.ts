// Puts the server's problems at the fields they are about.
import { ApiProblem } from '../api/problem.ts';

/** The words for the field at a JSON pointer, or undefined. */
export function fieldError(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const found = error.problems.find(
    (one) => one.path === path || one.path === path.replace(/^\//, '').replaceAll('/', '.'),
  );
  return found ? [found.message, found.hint].filter(Boolean).join(' ') : undefined;
}

/** True when every problem is shown at a field already, so that a summary would only repeat it. */
export function allAtFields(error: unknown, paths: readonly string[]): boolean {
  if (!(error instanceof ApiProblem) || error.problems.length === 0) return false;
  return error.problems.every((one) => paths.some((path) => one.path === path));
}
