// Who is signed in, the colours, the keys, and the way out. On the browser's own popover: Escape and a click beside close it.
import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useId, useRef } from 'react';
import { signOut, type Session } from '../api/session.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { openLayer } from './keyboard.tsx';

const schemes: readonly (readonly [MantineColorScheme, string, IconName])[] = [
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
  ['auto', 'System', 'system'],
];

export function AccountMenu({ session, onGo }: { readonly session: Session; readonly onGo?: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const close = (): void => {
    menu.current?.hidePopover();
    onGo?.();
  };
  const leave = async () => {
    close();
    await signOut().catch(() => null);
    client.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <div className="account">
      <button type="button" className="account-button" popoverTarget={id}>
        <span className="initial" aria-hidden="true">
          {[...(session.user?.name ?? '?')][0]?.toUpperCase()}
        </span>
        <span className="account-words">
          <span className="account-name">{session.user?.name}</span>
          <span className="muted">{session.user?.role}</span>
        </span>
      </button>
      <div ref={menu} id={id} popover="auto" className="account-menu" aria-label="Account">
        <fieldset className="scheme">
          <legend>Colours</legend>
          {schemes.map(([scheme, words, icon]) => (
            <label key={scheme}>
              <input
                type="radio"
                name={`${id}-scheme`}
                className="hidden-visually"
                checked={colorScheme === scheme}
                onChange={() => setColorScheme(scheme)}
              />
              <Icon name={icon} size={16} />
              {words}
            </label>
          ))}
        </fieldset>
        <Link to="/settings/account" className="menu-item quiet-link" onClick={close}>
          Your account
        </Link>
        <button
          type="button"
          className="menu-item"
          onClick={() => {
            close();
            openLayer('keys');
          }}
        >
          Keyboard
          <kbd>?</kbd>
        </button>
        <button type="button" className="menu-item" onClick={() => void leave()}>
          Sign out
        </button>
      </div>
    </div>
  );
}
