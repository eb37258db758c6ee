// The frame around every room: navigation, who is signed in, light and dark. On a phone the rooms wait behind a button.
import { ActionIcon, Drawer, Menu, useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { sessionQuery, signOut, type Session } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { SessionAround } from './formats.tsx';
import { roomGroups } from './rooms.ts';
import './shell.css';

export function Shell() {
  const session = useQuery(sessionQuery).data;
  const navigate = useNavigate();
  const ended = session !== undefined && session.user === null;
  useEffect(() => {
    if (ended) void navigate({ to: '/sign-in', search: { from: location.pathname + location.search } });
  }, [ended, navigate]);
  if (!session?.user) return null;
  return (
    <SessionAround session={session}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className="shell">
        <PhoneBar session={session} />
        <aside className="side">
          <Brand name={session.workspace?.name ?? 'Rapport'} />
          <Rooms session={session} />
          <Account session={session} />
        </aside>
        <main id="main" tabIndex={-1}>
          <ConnectionBanner />
          <FocusOnMove />
          <Outlet />
        </main>
      </div>
    </SessionAround>
  );
}

/** After a move to another page the reader of a screen reader starts at its top. */
function FocusOnMove() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const moved = before.current !== undefined && before.current !== path;
    before.current = path;
    if (moved) document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  return null;
}

function Brand({ name }: { readonly name: string }) {
  return (
    <Link to="/" className="brand quiet-link">
      <img src="/favicon.svg" width="24" height="24" alt="" />
      <span className="brand-words">
        <span className="brand-name">{name}</span>
        <span className="muted brand-product">Rapport</span>
      </span>
    </Link>
  );
}

function Rooms({ session, onGo }: { readonly session: Session; readonly onGo?: () => void }) {
  return (
    <nav aria-label="Rooms" className="rooms">
      {roomGroups.map((group) => {
        const rooms = group.rooms.filter((room) => !room.needs || session.can?.[room.needs]);
        if (rooms.length === 0) return null;
        return (
          <div key={group.name ?? 'first'}>
            {group.name && <p className="room-group">{group.name}</p>}
            <ul>
              {rooms.map((room) => (
                <li key={room.to}>
                  <Link
                    to={room.to}
                    className="room quiet-link"
                    activeOptions={{ exact: room.to === '/' }}
                    activeProps={{ 'aria-current': 'page' }}
                    {...(onGo ? { onClick: onGo } : {})}
                  >
                    <Icon name={room.icon} />
                    {room.name}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}

function PhoneBar({ session }: { readonly session: Session }) {
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <header className="phone-bar">
      <ActionIcon variant="subtle" size={44} aria-label="Rooms" aria-expanded={open} onClick={show}>
        <Icon name="menu" />
      </ActionIcon>
      <Brand name={session.workspace?.name ?? 'Rapport'} />
      <Drawer opened={open} onClose={close} size={280} title="Rooms">
        <Rooms session={session} onGo={close} />
        <Account session={session} />
      </Drawer>
    </header>
  );
}

function Account({ session }: { readonly session: Session }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const leave = async () => {
    await signOut().catch(() => null);
    client.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <div className="account">
      <Menu position="top-start" width={232}>
        <Menu.Target>
          <button type="button" className="account-button">
            <span className="initial" aria-hidden="true">
              {[...(session.user?.name ?? '?')][0]?.toUpperCase()}
            </span>
            <span className="account-words">
              <span className="account-name">{session.user?.name}</span>
              <span className="muted">{session.user?.role}</span>
            </span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Icon name={scheme === 'dark' ? 'sun' : 'moon'} size={16} />}
            onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
          >
            {scheme === 'dark' ? 'Light colours' : 'Dark colours'}
          </Menu.Item>
          {colorScheme !== 'auto' && (
            <Menu.Item onClick={() => setColorScheme('auto')}>Colours of the system</Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
