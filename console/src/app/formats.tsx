// The workspace's way of writing numbers and dates, for every page below the shell.
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { makeFormats, type Formats } from '../lib/format.ts';
import type { Can, Session } from '../api/session.ts';

const nobody: Can = {
  define: false,
  switch_on: false,
  care: false,
  export: false,
  copy: false,
  erase: false,
  connect: false,
  administer: false,
  team: false,
};

interface Around {
  readonly formats: Formats;
  readonly session: Session;
  readonly can: Can;
}

const Context = createContext<Around | null>(null);

export function SessionAround({
  session,
  children,
}: {
  readonly session: Session;
  readonly children: ReactNode;
}) {
  const zone = session.workspace?.time_zone ?? 'UTC';
  const currency = session.workspace?.currency ?? 'EUR';
  const formats = useMemo(() => makeFormats(zone, currency), [zone, currency]);
  const around = useMemo(() => ({ formats, session, can: session.can ?? nobody }), [formats, session]);
  return <Context value={around}>{children}</Context>;
}

function useAround(): Around {
  const around = useContext(Context);
  if (!around) throw new Error('This page stands outside the shell, where nobody is signed in.');
  return around;
}

export const useFormats = (): Formats => useAround().formats;
export const useCan = (): Can => useAround().can;
export const useSession = (): Session => useAround().session;

/** An instant in the workspace's zone; the exact one on hover and for machines. */
export function When({
  at,
  as = 'dateTime',
}: {
  readonly at: string;
  readonly as?: 'date' | 'dateTime' | 'ago' | 'time';
}) {
  const formats = useFormats();
  return (
    <time dateTime={at} title={`${formats.dateTime(at)} (${formats.zone})`}>
      {formats[as](at)}
    </time>
  );
}
