// Where short news are shown. Its library is loaded with the first of them.
import { notificationsStore } from '@mantine/notifications';
import { lazy, Suspense, useSyncExternalStore } from 'react';

const Shown = lazy(async () => ({ default: (await import('./notices-shown.tsx')).NoticesShown }));

/** Once loaded it stays, so that the last one may leave in its own way. */
let wasAny = false;
const anySoFar = (): boolean => (wasAny ||= notificationsStore.getState().notifications.length > 0);
const listen = (listener: () => void): (() => void) => notificationsStore.subscribe(listener);

export function Notices() {
  const any = useSyncExternalStore(listen, anySoFar);
  return any ? (
    <Suspense fallback={null}>
      <Shown />
    </Suspense>
  ) : null;
}
