// Waits of a journey from JSON, and the parts they share with other nodes: rules, keys. All problems at once, each at its place.
import type { JourneyNode, Trigger } from '../definition.ts';
import { parseClock } from '../lib/clock.ts';
import type { Reader } from '../lib/reader.ts';
import { parseRule, parseSelector } from '../rules/parse.ts';
import type { Known } from '../rules/parse.ts';
import type { Rule } from '../rules/rule.ts';

export function readRule(reader: Reader, json: unknown, known: Known, path: string): Rule | undefined {
  return reader.take(parseRule(json, known, path));
}

export function readWaitUntil(
  reader: Reader,
  json: { readonly [key: string]: unknown },
  path: string,
  known: Known,
  next: string,
): JourneyNode | null {
  const within = reader.duration(json, 'within', path);
  const timeout = reader.text(json, 'timeout', path) ?? '';
  if ((json['event'] === undefined) === (json['rule'] === undefined)) {
    reader.problem(
      'needs_one',
      path,
      'It waits for an event or for a rule: exactly one.',
      'Give "event" or "rule".',
    );
    return null;
  }
  if (json['event'] !== undefined) {
    const event = reader.take(parseSelector(json['event'], `${path}/event`));
    const by = readKey(reader, json['by'], `${path}/by`);
    return event === undefined || within === null
      ? null
      : { kind: 'wait_until', event, ...(by === undefined ? {} : { by }), within, next, timeout };
  }
  const rule = readRule(reader, json['rule'], known, `${path}/rule`);
  return rule === undefined || within === null ? null : { kind: 'wait_until', rule, within, next, timeout };
}

/** The name of a property, at the top of an event's properties. */
export function readKey(reader: Reader, json: unknown, path: string): string | undefined {
  if (json === undefined) return undefined;
  if (typeof json === 'string' && json !== '' && json.length <= 100) return json;
  reader.problem(
    'wrong_type',
    path,
    `${JSON.stringify(json)?.slice(0, 80) ?? 'That'} names no property.`,
    'For example "cart_id".',
  );
  return undefined;
}

export function waitsForEvent(trigger: Trigger): boolean {
  return trigger.kind === 'any' ? trigger.of.some(waitsForEvent) : trigger.kind === 'event';
}

export function readWaitTime(
  reader: Reader,
  json: { readonly [key: string]: unknown },
  path: string,
  next: string,
): JourneyNode | null {
  const at = reader.text(json, 'at', path);
  if (at !== null && parseClock(at) === null) {
    reader.problem(
      'bad_time',
      `${path}/at`,
      `"${at.slice(0, 40)}" is no time of day.`,
      'Write it with 24 hours, for example "09:00".',
    );
    return null;
  }
  const { weekdays } = json;
  if (weekdays === undefined) return at === null ? null : { kind: 'wait_time', at, next };
  const days = Array.isArray(weekdays)
    ? weekdays.filter((day: unknown): day is number => isWeekday(day))
    : [];
  if (!Array.isArray(weekdays) || days.length === 0 || days.length !== weekdays.length) {
    reader.problem(
      'wrong_type',
      `${path}/weekdays`,
      'Weekdays are a list of numbers from 1 (Monday) to 7 (Sunday).',
      'For example [1, 2, 3, 4, 5]; leave it out for any day.',
    );
    return null;
  }
  return at === null
    ? null
    : { kind: 'wait_time', at, weekdays: [...new Set(days)].sort((a, b) => a - b), next };
}

function isWeekday(day: unknown): boolean {
  return typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 7;
}
