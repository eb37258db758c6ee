// Which events a selector means. Compiled once; matching allocates nothing.
import type { EventFact } from '../input.ts';
import type { JsonObject } from '../lib/json.ts';
import { canonicalText, pathReader } from '../lib/json.ts';
import type { Zone } from '../lib/zone.ts';
import type { Test } from './compare.ts';
import { compileComparison } from './compare.ts';
import type { Json, Selector, Where } from './rule.ts';

export interface CompiledSelector {
  /** Event names, sorted; null: any event. */
  readonly names: readonly string[] | null;
  readonly matches: (event: EventFact) => boolean;
  /** Equal selectors have equal texts. */
  readonly text: string;
  /** Asks for nothing but the name. */
  readonly bare: boolean;
  /** All of them stand in the JSON of whatever event matches, so that the others need not be read to be left out. */
  readonly says: readonly string[];
}

export function compileSelector(selector: Selector, zone: Zone): CompiledSelector {
  const names = eventNames(selector);
  const tests = (selector.where ?? []).map((where) => compileWhere(where, zone));
  const set = names === null ? null : new Set(names);
  return {
    names,
    matches: (event) => {
      if (set !== null && !set.has(event.name)) return false;
      for (const test of tests) if (!test(event)) return false;
      return true;
    },
    text: selectorText(names, selector.where ?? []),
    bare: tests.length === 0,
    says: [...new Set((selector.where ?? []).flatMap(saidBy))].sort(),
  };
}

/** Texts of JSON.stringify without which an event has no value for a property. A dotted path may be one key or several. */
export function saysProperty(property: string): readonly string[] {
  return property.startsWith('$') || property.includes('.') ? [] : [`${JSON.stringify(property)}:`];
}

function saidBy({ property, op, value }: Where): readonly string[] {
  if (op === 'unknown') return [];
  const key = saysProperty(property);
  if (op !== 'is' || typeof value !== 'string' || property.startsWith('$')) return key;
  return [`${key.join('')}${JSON.stringify(value)}`];
}

/** The event's value at a path; `$event` is its name, `$time` its own time as ISO text. Identify and group carry traits, the others properties. */
export function propertyReader(property: string): (event: EventFact) => Json | undefined {
  if (property === '$event') return (event) => event.name;
  if (property === '$time') return (event) => new Date(event.at).toISOString();
  const read = pathReader(property);
  return (event) => read(propertiesOf(event));
}

function propertiesOf(event: EventFact): JsonObject {
  return event.type === 'identify' || event.type === 'group' ? event.traits : event.properties;
}

function eventNames(selector: Selector): readonly string[] | null {
  const names = typeof selector.event === 'string' ? [selector.event] : selector.event;
  return names.includes('*') ? null : [...new Set(names)].sort();
}

function compileWhere(where: Where, zone: Zone): (event: EventFact) => boolean {
  const read = propertyReader(where.property);
  const test: Test = compileComparison(where.op, where.value, zone);
  return (event) => test(read(event));
}

function selectorText(names: readonly string[] | null, where: readonly Where[]): string {
  const conditions = where
    .map((w) => canonicalText(w.value === undefined ? [w.property, w.op] : [w.property, w.op, w.value]))
    .sort();
  return canonicalText([names, [...new Set(conditions)]]);
}
