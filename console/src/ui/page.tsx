// The frame of every page: its title, one line of what it is for, and what can be done here.
import { useEffect, type ReactNode } from 'react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon } from './icons.tsx';

export interface PageProps {
  readonly title: string;
  /** Shown in place of `title` where the heading carries marks or a finding. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: {
    readonly to: NonNullable<LinkProps['to']>;
    readonly label: string;
    readonly search?: LinkProps['search'];
  };
  readonly children: ReactNode;
}

export function Page({ title, heading, lead, actions, back, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Rapport`;
  }, [title]);
  return (
    <div className="page">
      {back && (
        <Link to={back.to} {...(back.search ? { search: back.search } : {})} className="back">
          <Icon name="left" size={16} />
          {back.label}
        </Link>
      )}
      <header className="page-head">
        <div className="page-words">
          <h1>{heading ?? title}</h1>
          {lead && <div className="lead">{lead}</div>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export interface SectionProps {
  readonly title: ReactNode;
  readonly id?: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, id, note, actions, children }: SectionProps) {
  return (
    <section className="section" id={id}>
      <div className="section-head">
        <h2>{title}</h2>
        {actions && <div className="section-actions">{actions}</div>}
      </div>
      {note && <p className="muted section-note">{note}</p>}
      {children}
    </section>
  );
}

/** A surface with a line around it. */
export function Card({ children, className }: { readonly children: ReactNode; readonly className?: string }) {
  return <div className={className ? `card ${className}` : 'card'}>{children}</div>;
}

export interface FactsProps {
  readonly rows: readonly (readonly [string, ReactNode])[];
  /** Figures stand at the right, under each other. */
  readonly figures?: boolean;
}

/** Facts in pairs: name and value. */
export function Facts({ rows, figures = false }: FactsProps) {
  return (
    <dl className={figures ? 'facts facts-figures' : 'facts'}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
