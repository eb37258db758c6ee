// The shown ones, at the bottom right; they wait while the pointer or the focus is on them.
import { Notifications } from '@mantine/notifications';

export function NoticesShown() {
  return <Notifications position="bottom-right" autoClose={5000} limit={3} />;
}
