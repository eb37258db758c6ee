// A stored rule that cannot be asked as it stands: what is wrong, what happens meanwhile, and where to mend it.
import type { ReactNode } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import { Note } from './states.tsx';
import { ProblemList } from './problem-list.tsx';

export function BrokenRule({
  problems,
  meanwhile,
  action,
}: {
  readonly problems: readonly FieldProblem[];
  /** "Whoever is in it stays; nobody joins." */
  readonly meanwhile: string;
  readonly action?: ReactNode;
}) {
  if (problems.length === 0) return null;
  return (
    <Note tone="warning" title="This rule needs a repair." action={action}>
      <ProblemList of={problems.map(({ message, hint }) => ({ message, hint }))} />
      <p>{meanwhile}</p>
    </Note>
  );
}
