// "where total is over 50": a property or a fact, how it is compared, and with what.
import type { Json } from '../../api/rules.ts';
import type { SeenPath, SeenType } from '../../api/vocabulary.ts';
import { isObject, valueAt, type Path } from '../../lib/rule-tree.ts';
import {
  carriedValue,
  comparisons,
  meaningsOf,
  shapeOf,
  valueWords,
  type ComparisonKey,
} from '../../lib/rule-values.ts';
import { Icon } from '../icons.tsx';
import { problemsAt, useBuilding } from './context.tsx';
import { PathWord, useProperties } from './names.tsx';
import { eventsOf, TakeOut, usePlace, type PartProps } from './place.tsx';
import { ChoiceWord, DateWord, NumberWord, TextWord } from './words.tsx';
import { WordPicker } from './word-picker.tsx';

const groupsOf: readonly (readonly [string, readonly ComparisonKey[]])[] = [
  ['Anything', ['is', 'is_not', 'one_of', 'none_of', 'known', 'unknown']],
  ['Texts and lists', ['contains', 'not_contains', 'starts_with', 'ends_with', 'matches']],
  ['Numbers', ['over', 'at_least', 'under', 'at_most']],
  ['Dates', ['before', 'after']],
];
const options = groupsOf.flatMap(([group, keys]) =>
  keys.map((key) => ({ value: key, text: comparisons[key], group })),
);

export function ComparisonPart({ part, condition, describedBy }: PartProps<'comparison'>) {
  const { seen } = useBuilding();
  const properties = useProperties(part.of === 'property' ? eventsOf(condition.leaf) : []);
  const named = valueAt(condition.leaf, part.path.split('.'));
  return (
    <Compared
      at={condition.leafPath}
      of={condition.leaf}
      about={(part.of === 'trait' ? seen.traits : properties).find(({ path }) => path === named)}
      describedBy={describedBy}
    />
  );
}

export function WherePart({ part, condition, describedBy }: PartProps<'where'>) {
  const { problems } = useBuilding();
  const { value, path, set } = usePlace(condition, part.key);
  const properties = useProperties(eventsOf(condition.leaf, part.key.replace(/where$/, 'event')));
  const list = Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
  const add = (): void => {
    const first = properties.find(({ path: one }) => !list.some((where) => where['property'] === one));
    const [example] = first?.examples ?? [];
    set([
      ...list,
      {
        property: first?.path ?? '',
        op: typeof example === 'number' ? 'at_least' : 'is',
        value: example ?? null,
      },
    ]);
  };
  return (
    <>
      {list.map((where, i) => {
        const at: Path = [...path, i];
        const label = `Take out the condition on ${String(where['property'])}`;
        return (
          <span key={i}>
            {i === 0 ? 'where ' : 'and '}
            <PropertyOf
              at={at}
              value={where['property']}
              properties={properties}
              wrong={problemsAt(problems, [...at, 'property']).length > 0}
              describedBy={describedBy}
            />{' '}
            <Compared
              at={at}
              of={where}
              about={properties.find((one) => one.path === where['property'])}
              describedBy={describedBy}
            />
            <TakeOut
              label={label}
              onClick={() => {
                const left = list.filter((_where, other) => other !== i);
                set(left.length === 0 ? undefined : left);
              }}
            />{' '}
          </span>
        );
      })}
      <button
        type="button"
        className="word-add"
        onClick={add}
        aria-label={`${list.length === 0 ? 'where' : 'and'}: only with a property`}
      >
        <Icon name="plus" size={16} />
        {list.length === 0 ? 'where' : 'and'}
      </button>
    </>
  );
}

function PropertyOf(props: {
  readonly at: Path;
  readonly value: Json | undefined;
  readonly properties: readonly SeenPath[];
  readonly wrong: boolean;
  readonly describedBy: string;
}) {
  const { setValue } = useBuilding();
  return (
    <PathWord
      label="Property"
      value={props.value}
      paths={props.properties}
      ownName
      wrong={props.wrong}
      describedBy={props.describedBy}
      onChange={(path) => setValue([...props.at, 'property'], path)}
    />
  );
}

interface ComparedProps {
  /** Where `op` and `value` stand. */
  readonly at: Path;
  readonly of: { readonly [key: string]: Json };
  readonly about: SeenPath | undefined;
  readonly describedBy: string;
}

function Compared({ at, of, about, describedBy }: ComparedProps) {
  const { problems, setValue } = useBuilding();
  const { op, value } = of;
  const choose = (next: Json | undefined): void => {
    const key = options.find((option) => option.value === next)?.value;
    if (key === undefined) return;
    const carried = carriedValue(key, value, new Date().toISOString().slice(0, 10));
    const { value: _before, ...rest } = of;
    setValue(at, carried === undefined ? { ...rest, op: key } : { ...rest, op: key, value: carried });
  };
  return (
    <>
      <ChoiceWord
        label="Comparison"
        value={op}
        options={options}
        wrong={problemsAt(problems, [...at, 'op']).length > 0}
        describedBy={describedBy}
        onChange={choose}
      />{' '}
      <Value
        op={op}
        value={value}
        about={about}
        wrong={problemsAt(problems, [...at, 'value']).length > 0}
        describedBy={describedBy}
        onChange={(next) => setValue([...at, 'value'], next)}
      />
    </>
  );
}

interface ValueProps {
  readonly op: Json | undefined;
  readonly value: Json | undefined;
  readonly about: SeenPath | undefined;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly onChange: (value: Json) => void;
}

function Value({ op, value, about, wrong, describedBy, onChange }: ValueProps) {
  const word = {
    label: 'Value',
    value,
    wrong,
    describedBy,
    onChange: (next: Json | undefined) => onChange(next ?? null),
  };
  switch (shapeOf(op)) {
    case 'none':
      return null;
    case 'text':
      return <TextWord {...word} />;
    case 'number':
      return <NumberWord {...word} />;
    case 'date':
      return <DateWord {...word} />;
    case 'one':
      return <ScalarWord {...word} about={about} onPick={onChange} />;
    case 'several': {
      const values = Array.isArray(value) ? (value as readonly Json[]) : [];
      return (
        <>
          {values.map((one, i) => (
            <span key={i}>
              {i > 0 && 'or '}
              <ScalarWord
                {...word}
                value={one}
                about={about}
                onPick={(next) => onChange(values.map((other, at) => (at === i ? next : other)))}
                onRemove={
                  values.length > 1 ? () => onChange(values.filter((_one, at) => at !== i)) : undefined
                }
              />{' '}
            </span>
          ))}
          <ScalarWord
            {...word}
            label="or another value"
            value={undefined}
            about={about}
            wrong={false}
            add={values.length > 0}
            onPick={(next) => onChange([...values, next])}
          />
        </>
      );
    }
  }
}

interface ScalarWordProps {
  readonly label: string;
  readonly value: Json | undefined;
  readonly about: SeenPath | undefined;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly add?: boolean;
  readonly onPick: (value: Json) => void;
  readonly onRemove?: (() => void) | undefined;
}

const noTypes: readonly SeenType[] = [];

/** A text, a number, yes or no: which of them is said, for a text is never the same as a number. */
function ScalarWord({
  label,
  value,
  about,
  wrong,
  describedBy,
  add = false,
  onPick,
  onRemove,
}: ScalarWordProps) {
  const types = about?.types ?? noTypes;
  const seenValues = about?.examples ?? (types.includes('boolean') ? [true, false] : []);
  return (
    <WordPicker
      label={label}
      look={add ? 'add' : 'word'}
      chosen={JSON.stringify(value)}
      wrong={wrong}
      describedBy={describedBy}
      empty="Nothing seen yet: type a value."
      groups={
        seenValues.length === 0
          ? []
          : [
              {
                label: 'Seen here',
                options: seenValues.map((one) => ({ value: JSON.stringify(one), text: valueWords(one) })),
              },
            ]
      }
      typed={(search) =>
        meaningsOf(search, types).map((meaning) => ({
          value: JSON.stringify(meaning.value),
          text: `Use ${meaning.words}`,
        }))
      }
      onPick={(picked) => onPick(JSON.parse(picked) as Json)}
      onRemove={onRemove}
    >
      {add ? 'or' : valueWords(value)}
    </WordPicker>
  );
}
