// Words that are names: events, properties, facts about people, stages, segments, topics. Offered from what the workspace has seen
// and defined; a name not seen yet may be typed where that makes sense.
import { useQuery } from '@tanstack/react-query';
import type { Json } from '../../api/rules.ts';
import { propertiesQuery, type SeenPath, type Thing, type Vocabulary } from '../../api/vocabulary.ts';
import { valueAt, withValue } from '../../lib/rule-tree.ts';
import { valueWords } from '../../lib/rule-values.ts';
import { useBuilding } from './context.tsx';
import { eventsOf, usePlace, type PartProps } from './place.tsx';
import { WordPicker, type PickGroup, type PickOption } from './word-picker.tsx';

const channelWords: { readonly [key: string]: string } = { email: 'e-mail', sms: 'SMS' };

export interface OrListProps {
  readonly label: string;
  /** What one more of them is called: "or another event". */
  readonly add: string;
  readonly values: readonly string[];
  readonly groups: readonly PickGroup[];
  readonly print: (value: string) => string;
  readonly typed?: (search: string) => readonly PickOption[];
  readonly empty?: string;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly onChange: (values: readonly string[]) => void;
}

/** One or several, with "or" between them. */
export function OrList(props: OrListProps) {
  const { label, values, print, onChange, ...rest } = props;
  const shown = values.length === 0 ? [''] : values;
  return (
    <>
      {shown.map((value, i) => (
        <span key={`${i} ${value}`}>
          {i > 0 && 'or '}
          <WordPicker
            {...rest}
            label={label}
            chosen={value}
            onPick={(picked) => onChange([...new Set(shown.map((one, at) => (at === i ? picked : one)))])}
            onRemove={shown.length > 1 ? () => onChange(shown.filter((_one, at) => at !== i)) : undefined}
          >
            {value === '' ? '…' : print(value)}
          </WordPicker>{' '}
        </span>
      ))}
      {values.length > 0 && (
        <WordPicker
          {...rest}
          wrong={false}
          look="add"
          label={props.add}
          onPick={(picked) => onChange([...new Set([...values, picked])])}
        >
          or
        </WordPicker>
      )}
    </>
  );
}

const notSeen = (search: string): readonly PickOption[] => [
  { value: search.trim(), text: `Use “${search.trim()}”`, note: 'as it is typed' },
];

export function EventsPart({ part, condition, describedBy }: PartProps<'events'>) {
  const { seen } = useBuilding();
  const { wrong, set } = usePlace(condition, part.key);
  const names = eventsOf(condition.leaf, part.key);
  const known = new Set(seen.events.map(({ name }) => name));
  const own = names.filter((name) => name !== '*' && !known.has(name));
  return (
    <OrList
      label="Event"
      add="or another event"
      values={names}
      wrong={wrong}
      describedBy={describedBy}
      print={(name) => (name === '*' ? 'anything' : `“${name}”`)}
      typed={notSeen}
      empty="No event has come in yet: type the name it will have."
      groups={[
        { options: [{ value: '*', text: 'anything', also: 'any all *' }] },
        {
          label: seen.events.length > 0 ? 'Seen here, most frequent first' : 'In this rule',
          options: [
            ...seen.events.map(({ name }) => ({ value: name, text: name })),
            ...own.map((name) => ({ value: name, text: name, note: 'not seen yet' })),
          ],
        },
      ]}
      onChange={(values) => {
        const last = values.at(-1);
        if (last === '*') set('*');
        else {
          const named = values.filter((name) => name !== '*');
          set(named.length === 1 ? (named[0] ?? null) : named);
        }
      }}
    />
  );
}

/** What the events of the condition carry. */
export function useProperties(events: readonly string[]): readonly SeenPath[] {
  return useQuery(propertiesQuery(events)).data?.items ?? [];
}

export function pathOptions(paths: readonly SeenPath[]): readonly PickOption[] {
  return paths.map(({ path, examples }) => ({
    value: path,
    text: path,
    note: examples.length > 0 ? examples.slice(0, 3).map(valueWords).join(', ') : undefined,
  }));
}

export function PathPart({ part, condition, describedBy }: PartProps<'property' | 'trait'>) {
  const { seen } = useBuilding();
  const { value, wrong, set } = usePlace(condition, part.key);
  const properties = useProperties(part.part === 'property' ? eventsOf(condition.leaf, part.events) : []);
  return (
    <PathWord
      label={part.label}
      value={value}
      paths={part.part === 'trait' ? seen.traits : properties}
      ownName={part.part === 'property'}
      wrong={wrong}
      describedBy={describedBy}
      onChange={set}
    />
  );
}

/** What an event has besides its properties. */
const ownNames: { readonly [name: string]: string } = { $event: 'the name', $time: 'the time' };

export interface PathWordProps {
  readonly label: string;
  readonly value: Json | undefined;
  readonly paths: readonly SeenPath[];
  /** Also offer the event's name itself. */
  readonly ownName: boolean;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly onChange: (path: string) => void;
}

export function PathWord({ label, value, paths, ownName, wrong, describedBy, onChange }: PathWordProps) {
  const chosen = typeof value === 'string' ? value : '';
  return (
    <WordPicker
      label={label}
      chosen={chosen}
      typed={notSeen}
      wrong={wrong}
      describedBy={describedBy}
      empty="Nothing seen yet: type the name it will have."
      groups={[
        { options: pathOptions(paths) },
        ...(ownName
          ? [
              {
                options: Object.entries(ownNames).map(([name, text]) => ({
                  value: name,
                  text: `${text} of the event`,
                })),
              },
            ]
          : []),
      ]}
      onPick={onChange}
    >
      {chosen === '' ? '…' : (ownNames[chosen] ?? `“${chosen}”`)}
    </WordPicker>
  );
}

/** What belongs to a model or a programme and is named beside it. */
const ownOf: { readonly [key: string]: 'stage' | 'tier' | undefined } = { model: 'stage', programme: 'tier' };

function partsOf(seen: Vocabulary, own: 'stage' | 'tier', key: unknown): readonly Thing[] {
  return own === 'stage'
    ? (seen.models.find((model) => model.key === key)?.stages ?? [])
    : (seen.programmes.find((programme) => programme.key === key)?.tiers ?? []);
}

export function ThingPart({ part, condition, describedBy }: PartProps<'thing'>) {
  const { rule, seen, change } = useBuilding();
  const { value, wrong, path, set } = usePlace(condition, part.key);
  const things =
    part.of === 'channels'
      ? seen.channels.map((key) => ({ key, name: channelWords[key] ?? key }))
      : seen[part.of].map(({ key, name }) => ({ key, name }));
  const chosen = typeof value === 'string' ? value : '';
  const name = things.find(({ key }) => key === chosen)?.name ?? chosen;
  const pick = (key: string): void => {
    const own = ownOf[part.key];
    if (own === undefined) return set(key === '' ? undefined : key);
    // Stages belong to their model, tiers to their programme: another one begins with its first.
    const first = partsOf(seen, own, key)[0]?.key ?? '';
    const withModel = withValue(rule, path, key);
    change(
      valueAt(condition.leaf, [own]) === undefined
        ? withModel
        : withValue(withModel, [...condition.leafPath, own], first),
    );
  };
  return (
    <WordPicker
      label={part.label}
      chosen={chosen}
      wrong={wrong}
      describedBy={describedBy}
      groups={[
        ...(part.any === undefined ? [] : [{ options: [{ value: '', text: part.any }] }]),
        {
          options: things.map(({ key, name: text }) => ({
            value: key,
            text,
            also: key,
          })),
        },
      ]}
      onPick={pick}
    >
      {chosen === '' ? (part.any ?? '…') : part.of === 'channels' ? name : `“${name}”`}
    </WordPicker>
  );
}

export function StagesPart({ part, condition, describedBy }: PartProps<'stages'>) {
  const { seen } = useBuilding();
  const { value, wrong, set } = usePlace(condition, part.key);
  const stages = partsOf(seen, part.key, valueAt(condition.leaf, [part.model]));
  const chosen = typeof value === 'string' ? [value] : Array.isArray(value) ? value.map(String) : [];
  return (
    <OrList
      label={part.key === 'stage' ? 'Stage' : 'Tier'}
      add={`or another ${part.key}`}
      values={chosen}
      wrong={wrong}
      describedBy={describedBy}
      print={(key) => `“${stages.find((stage) => stage.key === key)?.name ?? key}”`}
      groups={[{ options: stages.map(({ key, name }) => ({ value: key, text: name })) }]}
      onChange={(keys) => set(keys.length === 1 ? (keys[0] ?? null) : keys)}
    />
  );
}

export function SeveralPart({ part, condition, describedBy }: PartProps<'several'>) {
  const { value, wrong, set } = usePlace(condition, part.key);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const textOf = (key: string) => part.options.find((option) => option.value === key)?.text ?? `“${key}”`;
  return (
    <OrList
      label={part.label}
      add="or another"
      values={chosen}
      wrong={wrong}
      describedBy={describedBy}
      print={textOf}
      groups={[
        { options: part.options.map((option) => ({ value: String(option.value), text: option.text })) },
      ]}
      onChange={set}
    />
  );
}
