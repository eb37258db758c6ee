// What a page shows while it waits, when there is nothing, and when something went wrong: always what happened and what to do.
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Unreachable, wordsOf, ApiProblem } from '../api/problem.ts';
import { Icon, type IconName } from './icons.tsx';
import { ProblemList } from './problem-list.tsx';

export function Loading({
  rows = 6,
  label = 'Loading',
}: {
  readonly rows?: number;
  readonly label?: string;
}) {
  return (
    <div role="status" aria-label={label} className="loading">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={16} width={`${[92, 78, 85, 64, 88, 71][i % 6]}%`} radius={4} />
      ))}
    </div>
  );
}

export interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children && <p className="muted">{children}</p>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

export type Tone = 'danger' | 'warning' | 'good' | 'info' | 'plain';
const toneIcon: { readonly [tone in Tone]: IconName } = {
  danger: 'warning',
  warning: 'warning',
  good: 'check',
  info: 'info',
  plain: 'info',
};

export interface NoteProps {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Announced at once: for what just happened because of the reader. */
  readonly alert?: boolean;
}

export function Note({ tone, title, children, action, alert = false }: NoteProps) {
  return (
    <div className={`note note-${tone}`} role={alert ? 'alert' : undefined}>
      <Icon name={toneIcon[tone]} />
      <div className="note-words">
        {title && <p className="note-title">{title}</p>}
        {children}
      </div>
      {action && <div className="note-action">{action}</div>}
    </div>
  );
}

/** A failure in the server's own words, each problem at its place, with the way on. */
export function Trouble({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { message, hint } = wordsOf(error);
  const problems = error instanceof ApiProblem ? error.problems : [];
  return (
    <Note
      tone={error instanceof Unreachable ? 'warning' : 'danger'}
      title={message}
      alert
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      {hint && <p>{hint}</p>}
      {problems.length > 0 && <ProblemList of={problems} />}
    </Note>
  );
}

export interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** A question put to the server, in its three states. Data that is at hand stays shown while it is asked again. */
export function Answer<T>(props: {
  readonly of: Asked<T>;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error, refetch } = props.of;
  if (data !== undefined) return <>{props.children(data)}</>;
  if (error) return <Trouble error={error} onRetry={() => void refetch()} />;
  return <Loading rows={props.rows ?? 6} />;
}

/** A word with a mark beside it; colour only repeats what both say. */
export function Badge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}) {
  return (
    <span className={`badge badge-${tone}`}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}
