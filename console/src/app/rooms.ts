// The rooms of the console, in the order of the navigation. Only what exists is listed.
import type { LinkProps } from '@tanstack/react-router';
import type { Can } from '../api/session.ts';
import type { IconName } from '../ui/icons.tsx';

export interface Room {
  readonly to: NonNullable<LinkProps['to']>;
  readonly name: string;
  readonly icon: IconName;
  /** Shown only to those who may. */
  readonly needs?: keyof Can;
}

export interface RoomGroup {
  readonly name: string | null;
  readonly rooms: readonly Room[];
}

export const roomGroups: readonly RoomGroup[] = [
  { name: null, rooms: [{ to: '/', name: 'Home', icon: 'home' }] },
  {
    name: 'Understand',
    rooms: [
      { to: '/people', name: 'People', icon: 'people' },
      { to: '/segments', name: 'Segments', icon: 'segments' },
      { to: '/lifecycle', name: 'Lifecycle', icon: 'lifecycle' },
      { to: '/insights/rhythm', name: 'Rhythm', icon: 'rhythm' },
    ],
  },
  {
    name: 'Engage',
    rooms: [
      { to: '/journeys', name: 'Journeys', icon: 'journeys' },
      { to: '/messages', name: 'Sent messages', icon: 'messages' },
      { to: '/mailbox', name: 'Mailbox', icon: 'mailbox' },
      { to: '/templates', name: 'Templates', icon: 'templates' },
    ],
  },
  {
    name: 'Keep',
    rooms: [{ to: '/loyalty', name: 'Loyalty', icon: 'loyalty' }],
  },
  {
    name: 'Data',
    rooms: [
      { to: '/imports', name: 'Imports', icon: 'imports' },
      { to: '/quarantine', name: 'Quarantine', icon: 'quarantine' },
      { to: '/system', name: 'System', icon: 'system', needs: 'connect' },
    ],
  },
  {
    name: 'Settings',
    rooms: [
      { to: '/settings/sending', name: 'Sending', icon: 'sending' },
      { to: '/settings/rules', name: 'Sending rules', icon: 'hold' },
      { to: '/settings/connect', name: 'Connect your site', icon: 'webhook', needs: 'connect' },
      { to: '/settings/team', name: 'Team', icon: 'people', needs: 'team' },
      { to: '/settings/keys', name: 'Keys', icon: 'keys', needs: 'connect' },
      { to: '/settings/workspace', name: 'Workspace', icon: 'workspace' },
      { to: '/settings/audit', name: 'Log of changes', icon: 'clock', needs: 'team' },
    ],
  },
];
