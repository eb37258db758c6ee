// Says that the server is away, for as long as it is.
import { useSyncExternalStore } from 'react';
import { isDown, onConnectionChange } from '../api/connection.ts';
import { Icon } from '../ui/icons.tsx';

export function ConnectionBanner() {
  const down = useSyncExternalStore(onConnectionChange, isDown);
  return (
    <div role="status" aria-live="polite">
      {down && (
        <div className="banner">
          <Icon name="warning" />
          The server does not answer. Trying again. What you see may be old; nothing you typed is lost.
        </div>
      )}
    </div>
  );
}
