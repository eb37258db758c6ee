// The numbers inside a rule that a marketer may turn without touching JSON: where they stand, and what they are called.
import type { Json, RuleJson } from '../api/rules.ts';

export type NumberUnit = 'days' | 'hours' | 'minutes' | 'times' | 'number' | 'share';

export interface RuleNumber {
  /** Keys from the rule's root. */
  readonly path: readonly (string | number)[];
  readonly label: string;
  readonly unit: NumberUnit;
  readonly value: number;
}

const comparisons: { readonly [op: string]: string } = {
  at_least: 'at least',
  at_most: 'at most',
  exactly: 'exactly',
  over: 'over',
  under: 'under',
};

const isObject = (value: Json | undefined): value is RuleJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whole days, hours or minutes; other durations are left to the JSON. */
function duration(text: Json | undefined): { readonly unit: NumberUnit; readonly value: number } | null {
  if (typeof text !== 'string') return null;
  const found = /^P(?:(\d+)D|T(\d+)([HM]))$/.exec(text);
  if (!found) return null;
  if (found[1] !== undefined) return { unit: 'days', value: Number(found[1]) };
  return { unit: found[3] === 'H' ? 'hours' : 'minutes', value: Number(found[2]) };
}

function subject(leaf: RuleJson): string {
  const event = leaf['event'];
  const events = Array.isArray(event) ? event.join(' or ') : typeof event === 'string' ? event : '';
  switch (leaf['kind']) {
    case 'orders':
      return 'Days with an order';
    case 'order_span':
      return 'First to last order';
    case 'last_order':
      return 'Last order';
    case 'quiet':
      return leaf['of'] === 'visits' ? 'Silence since the last visit' : 'Silence since the last order';
    case 'spend_trend':
      return 'Spending';
    case 'episode':
      return 'Episode';
    case 'share':
      return 'Share of people';
    case 'stage':
      return 'Time in the stage';
    case 'trait':
      return `${String(leaf['path'])}`;
    default:
      return events;
  }
}

function inLeaf(leaf: RuleJson, path: readonly (string | number)[]): RuleNumber[] {
  const of = subject(leaf);
  const op = comparisons[String(leaf['op'])] ?? '';
  const out: RuleNumber[] = [];
  const number = (key: string, label: string, unit: NumberUnit) => {
    const value = leaf[key];
    if (typeof value === 'number') out.push({ path: [...path, key], label, unit, value });
  };
  const span = (key: string, label: string) => {
    const found = duration(leaf[key]);
    if (found) out.push({ path: [...path, key], label, ...found });
  };
  number('n', [of, op].filter(Boolean).join(': '), 'times');
  number('gaps', `${of}: longer than so many usual gaps`, 'number');
  span('min', `${of}: at the least`);
  span('max', `${of}: at the most`);
  number('days_at_least', `${of}: only with at least so many days seen`, 'number');
  number('days', `${of}: the last so many days against those before`, 'days');
  number('share', `${of}: ${op} this share of the period before`, 'share');
  number('of', of, 'share');
  number('orders_at_least', `${of}: with at least so many orders`, 'number');
  number('count_at_least', `${of}: with at least so many in both periods`, 'number');
  if (leaf['kind'] === 'trait' || leaf['kind'] === 'sum' || leaf['kind'] === 'latest') {
    number(
      'value',
      [of, leaf['property'], op].filter((x) => typeof x === 'string' && x !== '').join(': '),
      'number',
    );
  }
  span('within', `${of}: within`);
  span('at_least', `${of}: at least`);
  span('for', `${of}: at least`);
  const window = leaf['window'];
  if (isObject(window)) {
    const found = duration(window['last']);
    if (found) out.push({ path: [...path, 'window', 'last'], label: `${of}: in the last`, ...found });
  }
  return out;
}

export function ruleNumbers(rule: RuleJson, path: readonly (string | number)[] = []): RuleNumber[] {
  const children = rule['rules'];
  if (Array.isArray(children)) {
    return children.flatMap((child: Json, i) =>
      isObject(child) ? ruleNumbers(child, [...path, 'rules', i]) : [],
    );
  }
  const child = rule['rule'];
  if (rule['kind'] === 'not' && isObject(child)) return ruleNumbers(child, [...path, 'rule']);
  return inLeaf(rule, path);
}

/** Keys of the segments that a rule asks for: their numbers are turned on their own pages. */
export function segmentsIn(rule: RuleJson): string[] {
  const children = Array.isArray(rule['rules']) ? rule['rules'] : [rule['rule']];
  const own = rule['kind'] === 'segment' && typeof rule['segment'] === 'string' ? [rule['segment']] : [];
  const below = children.flatMap((child: Json | undefined) => (isObject(child) ? segmentsIn(child) : []));
  return [...new Set([...own, ...below])];
}

/** The rule with one number changed; durations keep their unit. */
export function withNumber(rule: RuleJson, number: RuleNumber, value: number): RuleJson {
  const stored: Json =
    number.unit === 'days' && number.path.at(-1) !== 'days'
      ? `P${value}D`
      : number.unit === 'hours'
        ? `PT${value}H`
        : number.unit === 'minutes'
          ? `PT${value}M`
          : value;
  const changed = put(rule, number.path, stored);
  return isObject(changed) ? changed : rule;
}

function put(at: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(at)) return at.map((one: Json, i) => (i === key ? put(one, rest, value) : one));
  if (isObject(at)) return { ...at, [key]: put(at[key], rest, value) };
  return at ?? null;
}
