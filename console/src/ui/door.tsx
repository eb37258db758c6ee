// The page of someone who is not inside yet: one column, one thing to do.
import { useEffect, type ReactNode } from 'react';
import { ConnectionBanner } from '../app/connection-banner.tsx';
import './door.css';

export interface DoorProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}

export function Door({ title, lead, children }: DoorProps) {
  useEffect(() => {
    document.title = `${title} · Rapport`;
  }, [title]);
  return (
    <>
      <ConnectionBanner />
      <main className="door">
        <p className="door-brand">
          <img src="/favicon.svg" width="24" height="24" alt="" /> Rapport
        </p>
        <h1>{title}</h1>
        {lead && <div className="lead">{lead}</div>}
        {children}
      </main>
    </>
  );
}
