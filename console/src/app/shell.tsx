// The frame around every room: navigation, who is signed in. On a phone the rooms wait behind a button. It is loaded first by
// everyone, so it uses what the browser has and no part of a library that a page may not need.
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { sessionQuery, type Session } from '../api/session.ts';
import { Icon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { SessionAround } from './formats.tsx';
import { Keyboard, openLayer } from './keyboard.tsx';
import { isMac } from './keys.ts';
import { OutageBanner } from './outage-banner.tsx';
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
          <FindButton />
          <Rooms session={session} />
          <AccountMenu session={session} />
        </aside>
        <main id="main" tabIndex={-1}>
          <ConnectionBanner />
          <OutageBanner />
          <FocusOnMove />
          <Outlet />
        </main>
      </div>
      <Keyboard />
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
    document.querySelector('.side .room[aria-current]')?.scrollIntoView({ block: 'nearest' });
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
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <header className="phone-bar">
      <button
        type="button"
        className="icon-button"
        aria-label="Rooms"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Icon name="menu" />
      </button>
      <Brand name={session.workspace?.name ?? 'Rapport'} />
      <button type="button" className="icon-button" aria-label="Find" onClick={() => openLayer('palette')}>
        <Icon name="search" />
      </button>
      {open && (
        <Sheet label="Rooms" className="sheet-left" onClose={close}>
          <div className="phone-rooms">
            <button type="button" className="icon-button" aria-label="Close" onClick={close}>
              <Icon name="cross" />
            </button>
            <Rooms session={session} onGo={close} />
            <AccountMenu session={session} onGo={close} />
          </div>
        </Sheet>
      )}
    </header>
  );
}

function FindButton() {
  return (
    <button
      type="button"
      className="find-button"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => openLayer('palette')}
    >
      <Icon name="search" size={16} />
      <span>Find</span>
      <kbd>{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}
