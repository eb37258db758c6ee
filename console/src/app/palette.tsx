// Find anything: people by name, address or id, rooms, segments, journeys, templates, and what can be done. One field, arrows, Enter.
import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, type NavigateOptions } from '@tanstack/react-router';
import { useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { get } from '../api/client.ts';
import { journeysQuery } from '../api/journeys.ts';
import type { PageOf } from '../api/page.ts';
import type { PersonRow } from '../api/people.ts';
import { foundSegmentsQuery } from '../api/segments.ts';
import { templatesQuery } from '../api/templates.ts';
import { bestOf } from '../lib/find.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useCan, useSession } from './formats.tsx';
import { openLayer } from './keyboard.tsx';
import { roomGroups } from './rooms.ts';
import './palette.css';

interface Choice {
  readonly id: string;
  readonly group: 'People' | 'Go to' | 'Do' | 'Segments' | 'Journeys' | 'Templates';
  readonly words: string;
  readonly beside?: string | undefined;
  readonly icon: IconName;
  readonly act: () => void;
}

const groups: readonly Choice['group'][] = ['People', 'Go to', 'Do', 'Segments', 'Journeys', 'Templates'];
/** Of each group. */
const shownMax = 6;
const waitMs = 80;

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const choices = useChoices(text, onClose);
  const chosen = Math.min(at, choices.length - 1);
  const active = choices[chosen] && `${id}-${choices[chosen].id}`;

  useEffect(() => {
    if (active) document.getElementById(active)?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && choices.length > 0) {
      event.preventDefault();
      setAt((chosen + step + choices.length) % choices.length);
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choices[chosen]?.act();
    }
  };

  return (
    <Sheet label="Find" className="sheet-top" onClose={onClose}>
      <div className="palette-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Find a person, a page or something to do"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active}
          placeholder="Find a person, a page or something to do"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={`${id}-list`} role="listbox" aria-label="Found" className="palette-list">
        {groups.map((group) => {
          const inGroup = choices.filter((choice) => choice.group === group);
          if (inGroup.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={group}>
              <div className="palette-group" aria-hidden="true">
                {group}
              </div>
              {inGroup.map((choice) => (
                <div
                  key={choice.id}
                  id={`${id}-${choice.id}`}
                  role="option"
                  aria-selected={choices[chosen]?.id === choice.id}
                  className="palette-option"
                  onMouseMove={() => setAt(choices.indexOf(choice))}
                  onClick={choice.act}
                >
                  <Icon name={choice.icon} size={16} />
                  <bdi className="palette-words">{choice.words}</bdi>
                  {choice.beside && <bdi className="muted palette-beside">{choice.beside}</bdi>}
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {choices.length === 0 && (
        <p className="palette-nothing muted" role="status">
          Nothing here is called “{text.trim()}”. People are found by the beginning of a name, an e-mail
          address or a customer number.
        </p>
      )}
    </Sheet>
  );
}

function useChoices(text: string, onClose: () => void): readonly Choice[] {
  const navigate = useNavigate();
  const can = useCan();
  const session = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const wanted = useLater(text.trim());
  const people = useQuery({
    queryKey: ['palette', 'people', wanted],
    queryFn: () => get<PageOf<PersonRow>>('/api/people', { search: wanted, limit: shownMax }),
    enabled: wanted.length > 1,
    placeholderData: (before) => before,
  });
  const segments = useQuery({
    ...foundSegmentsQuery(wanted, shownMax),
    enabled: wanted !== '',
  }).data?.items;
  const journeys = useQuery(journeysQuery).data?.items;
  const templates = useQuery(templatesQuery).data?.items;

  return useMemo(() => {
    const act = (what: () => void) => () => {
      onClose();
      what();
    };
    const go = (to: NavigateOptions) => act(() => void navigate(to));
    const rooms: Choice[] = roomGroups
      .flatMap(({ rooms: all }) => all)
      .filter((room) => !room.needs || session.can?.[room.needs])
      .map((room) => ({
        id: `room-${room.name}`,
        group: 'Go to',
        words: room.name,
        icon: room.icon,
        act: go({ to: room.to }),
      }));
    const doings: Choice[] = [
      ...(can.define
        ? ([
            ['New segment', 'plus', go({ to: '/new-segment' })],
            ['Import orders', 'imports', go({ to: '/imports' })],
            ['What would it have done? A backtest', 'clock', go({ to: '/new-backtest' })],
          ] as const)
        : []),
      ['Light colours', 'sun', act(() => setColorScheme('light'))] as const,
      ['Dark colours', 'moon', act(() => setColorScheme('dark'))] as const,
      ['Colours of the system', 'system', act(() => setColorScheme('auto'))] as const,
      ['Show the keyboard', 'info', act(() => openLayer('keys'))] as const,
    ].map(([words, icon, what]) => ({ id: `do-${words}`, group: 'Do', words, icon, act: what }));
    const found: Choice[] = [
      ...(wanted.length > 1 && text.trim().length > 1 ? (people.data?.items ?? []) : []).map(
        (person): Choice => ({
          id: person.id,
          group: 'People',
          words: nameOf(person),
          beside: person.name ? (person.email ?? undefined) : undefined,
          icon: 'people',
          act: go({ to: '/people/$id', params: { id: person.id } }),
        }),
      ),
      ...bestOf(text, rooms, text.trim() === '' ? rooms.length : shownMax),
      ...(text.trim() === '' ? doings.slice(0, 3) : bestOf(text, doings, shownMax)),
    ];
    if (text.trim() === '') return found;
    return [
      ...found,
      ...bestOf(
        text,
        (segments ?? []).map((one): Choice => ({
          id: `segment-${one.key}`,
          group: 'Segments',
          words: one.name,
          icon: 'segments',
          act: go({ to: '/segments/$key', params: { key: one.key } }),
        })),
        shownMax,
      ),
      ...bestOf(
        text,
        (journeys ?? []).map((one): Choice => ({
          id: `journey-${one.id}`,
          group: 'Journeys',
          words: one.name,
          icon: 'journeys',
          act: go({ to: '/journeys/$id', params: { id: one.id } }),
        })),
        shownMax,
      ),
      ...bestOf(
        text,
        (templates ?? []).map((one): Choice => ({
          id: `template-${one.key}`,
          group: 'Templates',
          words: one.name,
          icon: 'templates',
          act: go({ to: '/templates/$key', params: { key: one.key } }),
        })),
        shownMax,
      ),
    ];
  }, [
    text,
    wanted,
    people.data,
    segments,
    journeys,
    templates,
    can,
    session,
    navigate,
    onClose,
    setColorScheme,
  ]);
}

/** The text once nobody types for a moment. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), waitMs);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
