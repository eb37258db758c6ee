// What the keyboard does everywhere. Single letters can be switched off, for whoever speaks to the computer.
import type { LinkProps } from '@tanstack/react-router';

export interface Going {
  readonly key: string;
  readonly name: string;
  readonly to: NonNullable<LinkProps['to']>;
}

/** After `g`. */
export const goings: readonly Going[] = [
  { key: 'h', name: 'Home', to: '/' },
  { key: 'p', name: 'People', to: '/people' },
  { key: 's', name: 'Segments', to: '/segments' },
  { key: 'l', name: 'Lifecycle', to: '/lifecycle' },
  { key: 'j', name: 'Journeys', to: '/journeys' },
  { key: 'm', name: 'Sent messages', to: '/messages' },
  { key: 't', name: 'Templates', to: '/templates' },
];

const stored = 'rapport-single-keys';

export function singleKeys(): boolean {
  try {
    return localStorage.getItem(stored) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(stored, on ? 'on' : 'off');
  } catch {
    // A browser that stores nothing keeps them on.
  }
}

/** Keys typed into a field are the field's. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null)
  );
}

export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent);
