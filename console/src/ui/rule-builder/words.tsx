// The small controls that stand as words in a sentence: a choice, a number, a duration, a text, a date. Each knows nothing of rules.
import { useState } from 'react';
import type { Json } from '../../api/rules.ts';
import {
  readAmount,
  readDuration,
  readNumber,
  units,
  writeDuration,
  type Unit,
} from '../../lib/rule-values.ts';
import type { Option } from './part.ts';

interface WordProps {
  readonly label: string;
  readonly value: Json | undefined;
  readonly wrong: boolean;
  readonly describedBy: string;
  readonly onChange: (value: Json | undefined) => void;
}

const marks = (word: WordProps) => ({
  'aria-label': word.label,
  'aria-invalid': word.wrong || undefined,
  'aria-describedby': word.wrong ? word.describedBy : undefined,
  'data-wrong': word.wrong || undefined,
});

const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

export interface ChoiceWordProps extends WordProps {
  readonly options: readonly (Option & { readonly group?: string })[];
}

export function ChoiceWord(props: ChoiceWordProps) {
  const { options, value, onChange } = props;
  const at = options.findIndex((option) => same(option.value, value));
  const groups = [...new Set(options.map((option) => option.group))];
  const entry = (option: Option) => {
    const i = options.indexOf(option);
    return (
      <option key={i} value={i}>
        {option.text}
      </option>
    );
  };
  return (
    <select
      {...marks(props)}
      className="word word-choice"
      value={at}
      onChange={(event) => onChange(options[Number(event.currentTarget.value)]?.value)}
    >
      {at < 0 && (
        <option value={-1} disabled>
          {value === undefined || value === null ? '…' : String(value)}
        </option>
      )}
      {groups.length < 2
        ? options.map(entry)
        : groups.map((group) => (
            <optgroup key={group} label={group ?? ''}>
              {options.filter((option) => option.group === group).map(entry)}
            </optgroup>
          ))}
    </select>
  );
}

interface TypedProps extends WordProps {
  readonly read: (text: string) => Json;
  readonly print: (value: Json | undefined) => string;
  readonly mode: 'decimal' | 'text';
}

/** What is typed stays as it was typed for as long as it means the value. */
function TypedWord(props: TypedProps) {
  const { value, read, print, onChange, mode } = props;
  const [text, setText] = useState(() => print(value));
  const shown = same(read(text), value ?? null) ? text : print(value);
  return (
    <input
      {...marks(props)}
      className="word word-typed"
      type="text"
      inputMode={mode}
      autoComplete="off"
      spellCheck={false}
      size={1}
      style={{ inlineSize: `calc(${Math.min(Math.max(shown.length, 1), 40)}ch + 18px)` }}
      value={shown}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}

export function NumberWord({ percent = false, ...word }: WordProps & { readonly percent?: boolean }) {
  const by = percent ? 100 : 1;
  return (
    <TypedWord
      {...word}
      mode="decimal"
      read={(text) => {
        const n = readNumber(text);
        return n === null ? null : Number((n / by).toFixed(8));
      }}
      print={(value) =>
        typeof value === 'number'
          ? String(Number((value * by).toFixed(6)))
          : typeof value === 'string'
            ? value
            : ''
      }
    />
  );
}

export function AmountWord(word: WordProps) {
  return (
    <TypedWord
      {...word}
      mode="decimal"
      read={readAmount}
      print={(value) => (typeof value === 'number' || typeof value === 'string' ? String(value) : '')}
    />
  );
}

export function TextWord(word: WordProps) {
  return (
    <TypedWord
      {...word}
      mode="text"
      read={(text) => text}
      print={(value) =>
        typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)
      }
    />
  );
}

const unitWords: { readonly [unit in Unit]: readonly [string, string] } = {
  seconds: ['second', 'seconds'],
  minutes: ['minute', 'minutes'],
  hours: ['hour', 'hours'],
  days: ['day', 'days'],
  weeks: ['week', 'weeks'],
};

export function DurationWord({ days = false, ...word }: WordProps & { readonly days?: boolean }) {
  const read = readDuration(word.value);
  const [unitChosen, setUnit] = useState<Unit>(read?.unit ?? 'days');
  const unit = read?.unit ?? unitChosen;
  const offered: readonly Unit[] = days ? ['days', 'weeks'] : units;
  const all = offered.includes(unit) ? offered : [unit, ...offered];
  return (
    <span className="nowrap">
      <TypedWord
        {...word}
        mode="decimal"
        read={(text) => {
          const n = readNumber(text);
          return n === null || n < 0 || !Number.isInteger(n) ? null : writeDuration(n, unit);
        }}
        print={(value) => String(readDuration(value)?.n ?? '')}
      />{' '}
      <ChoiceWord
        label={`${word.label}: unit`}
        wrong={false}
        describedBy={word.describedBy}
        value={unit}
        options={all.map((one) => ({ value: one, text: unitWords[one][read?.n === 1 ? 0 : 1] }))}
        onChange={(chosen) => {
          const next = all.find((one) => one === chosen) ?? unit;
          setUnit(next);
          if (read) word.onChange(writeDuration(read.n, next));
        }}
      />
    </span>
  );
}

type Side = 'before' | 'on' | 'after';
const sideOf = (days: number): Side => (days < 0 ? 'before' : days > 0 ? 'after' : 'on');

/** "14 days before", "on the day of", "3 days after": one number, negative before. */
export function DaysWord(word: WordProps) {
  const { value } = word;
  const [chosen, setSide] = useState<Side>(typeof value === 'number' ? sideOf(value) : 'after');
  // While nothing is typed, or a nought, it stays on its side.
  const side = typeof value === 'number' && value !== 0 ? sideOf(value) : chosen;
  const days = typeof value === 'number' ? Math.abs(value) : null;
  const write = (to: Side, n: number): void => word.onChange(to === 'on' ? 0 : to === 'before' ? -n : n);
  const unit = unitWords.days[days === 1 ? 0 : 1];
  return (
    <span className="nowrap">
      {side !== 'on' && (
        <>
          <NumberWord
            {...word}
            label={`${word.label}: days`}
            value={days}
            onChange={(next) => (typeof next === 'number' ? write(side, next) : word.onChange(next))}
          />{' '}
        </>
      )}
      <ChoiceWord
        {...word}
        label={`${word.label}: before or after`}
        value={side}
        options={[
          { value: 'before', text: `${unit} before` },
          { value: 'on', text: 'on the day of' },
          { value: 'after', text: `${unit} after` },
        ]}
        onChange={(next) => {
          const to: Side = next === 'before' || next === 'after' ? next : 'on';
          setSide(to);
          write(to, days === null || days === 0 ? 1 : days);
        }}
      />
    </span>
  );
}

/** A day from the calendar; an instant with a time of day stays text. */
export function DateWord(word: WordProps) {
  const { value, onChange } = word;
  if (typeof value === 'string' && value !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(value))
    return <TextWord {...word} />;
  return (
    <input
      {...marks(word)}
      type="date"
      className="word word-date"
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  );
}
