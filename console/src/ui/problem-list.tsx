// What is missing or wrong, one line each: what it is, and what to do about it.
import type { ReactNode } from 'react';

export interface ListedProblem {
  /** Where, for a developer. */
  readonly path?: string;
  readonly message: ReactNode;
  readonly hint?: string | null;
}

export function ProblemList({
  of,
  label,
}: {
  readonly of: readonly ListedProblem[];
  readonly label?: string;
}) {
  return (
    <ul className="problems" aria-label={label}>
      {of.map(({ path, message, hint }, i) => (
        <li key={i}>
          {path && <code>{path} </code>}
          {message} {hint && <span className="muted">{hint}</span>}
        </li>
      ))}
    </ul>
  );
}
