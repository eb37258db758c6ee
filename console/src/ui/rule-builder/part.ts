// What the sentence of a condition is made of: words, and words that are controls. Data only; parts.tsx draws them.
import type { Json, RuleJson } from '../../api/rules.ts';

export interface Option {
  /** Undefined takes the key away. */
  readonly value: Json | undefined;
  readonly text: string;
}

export type WindowShape = 'ever' | 'last' | 'calendar' | 'since';

/** `key` is a dotted path inside the condition; `label` names the control for those who do not see the words around it. */
export type Part =
  /** The verb; its second form puts the condition into a `not`. */
  | { readonly part: 'verb'; readonly yes: string; readonly no: string }
  | { readonly part: 'words'; readonly text: string }
  | {
      readonly part: 'choice';
      readonly key: string;
      readonly label: string;
      readonly options: readonly Option[];
    }
  | {
      readonly part: 'number';
      readonly key: string;
      readonly label: string;
      readonly unit?: readonly [one: string, many: string];
      /** Stored as a share of 1, shown in per cent. */
      readonly percent?: true;
    }
  /** So many days before or after something, or on its day. Stored as one number: before it is negative. */
  | { readonly part: 'days'; readonly key: string; readonly label: string }
  /** An amount of money or anything else, exact as text when a number would not be. */
  | { readonly part: 'amount'; readonly key: string; readonly label: string }
  | { readonly part: 'duration'; readonly key: string; readonly label: string; readonly days?: true }
  | { readonly part: 'events'; readonly key: string }
  | { readonly part: 'where'; readonly key: string }
  /** A property of the events at `events` (`event`, unless told). */
  | { readonly part: 'property'; readonly key: string; readonly label: string; readonly events?: string }
  | { readonly part: 'trait'; readonly key: string; readonly label: string }
  /** `op` and `value` of what `of` names: a trait, or a property of the condition's events. */
  | { readonly part: 'comparison'; readonly of: 'trait' | 'property'; readonly path: string }
  | { readonly part: 'window'; readonly shapes: readonly WindowShape[] }
  | {
      readonly part: 'thing';
      readonly key: string;
      readonly label: string;
      readonly of: 'segments' | 'models' | 'journeys' | 'topics' | 'channels' | 'programmes';
      /** What stands there when nothing is chosen; without it something must be. */
      readonly any?: string;
    }
  /** Stages of the model, or tiers of the programme, that stands at `model`. */
  | {
      readonly part: 'stages';
      readonly key: 'stage' | 'tier';
      readonly model: 'model' | 'programme';
    }
  | {
      readonly part: 'several';
      readonly key: string;
      readonly label: string;
      readonly options: readonly Option[];
    }
  | { readonly part: 'text'; readonly key: string; readonly label: string }
  /** Parts that may be left out, with a word that adds them. */
  | {
      readonly part: 'more';
      readonly key: string;
      readonly add: string;
      readonly start: Json;
      readonly parts: readonly Part[];
    };

export type Parts = (condition: RuleJson) => readonly Part[];

export const groupNames = {
  did: 'What they did',
  money: 'Orders and money',
  who: 'Who they are',
  relation: 'The relationship',
  loyalty: 'Loyalty',
  dates: 'Dates',
  chance: 'Chance',
} as const;
export type GroupName = keyof typeof groupNames;
