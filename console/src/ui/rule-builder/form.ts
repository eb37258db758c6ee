// The shape of a form, and the words and choices that several kinds share.
import type { Rule } from '@rapport/engine';
import type { Vocabulary } from '../../api/vocabulary.ts';
import type { RuleJson } from '../../api/rules.ts';
import type { GroupName, Option, Part, Parts } from './part.ts';

export type LeafKind = Exclude<Rule['kind'], 'all' | 'any' | 'not'>;

export interface Beginning {
  readonly group: GroupName;
  readonly title: string;
  readonly example: string;
  /** Other words somebody may look for. */
  readonly also: string;
  readonly rule: (seen: Vocabulary) => RuleJson;
}

export interface Form {
  readonly menu: readonly Beginning[];
  readonly parts: Parts;
}

export const verb = (yes: string, no: string): Part => ({ part: 'verb', yes, no });
export const words = (text: string): Part => ({ part: 'words', text });
export const events: Part = { part: 'events', key: 'event' };
export const where: Part = { part: 'where', key: 'where' };
export const anyWindow: Part = { part: 'window', shapes: ['ever', 'last', 'calendar', 'since'] };
export const property = (label = 'Property'): Part => ({ part: 'property', key: 'property', label });

export const counts: readonly Option[] = [
  { value: 'at_least', text: 'at least' },
  { value: 'at_most', text: 'at most' },
  { value: 'exactly', text: 'exactly' },
];
export const howMany = (options: readonly Option[] = counts): Part => ({
  part: 'choice',
  key: 'op',
  label: 'How many',
  options,
});
export const amounts: readonly Option[] = [
  { value: 'over', text: 'more than' },
  { value: 'at_least', text: 'at least' },
  { value: 'under', text: 'less than' },
  { value: 'at_most', text: 'at most' },
];
export const trendParts: readonly Part[] = [
  {
    part: 'choice',
    key: 'op',
    label: 'Less or more',
    options: [
      { value: 'under', text: 'less than' },
      { value: 'over', text: 'more than' },
    ],
  },
  { part: 'number', key: 'share', label: 'Share', percent: true },
];

export const eventOf = (seen: Vocabulary): string =>
  seen.events.find(({ name }) => seen.purchase.includes(name))?.name ??
  seen.events[0]?.name ??
  seen.purchase[0] ??
  'Order Completed';
export const isSeen = (seen: Vocabulary, name: string): boolean =>
  seen.events.some((event) => event.name === name);
export const viewOf = (seen: Vocabulary): string =>
  ['Product Viewed', 'Page Viewed'].find((name) => isSeen(seen, name)) ?? 'Page Viewed';
