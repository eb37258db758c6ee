// A rule as it travels: JSON whose meaning only the engine knows. The console shows the server's sentence for it.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type RuleJson = { readonly [key: string]: Json };

/** Why a rule holds or not, for one person: the rule's tree with what was found. */
export interface Why {
  readonly kind: string;
  readonly sentence: string;
  readonly holds: boolean;
  readonly until: string | null;
  readonly facts: string | null;
  readonly children: readonly Why[];
}

export type Look = 'growing' | 'decline' | 'ended';

/** How far people have been brought to the newest definitions. */
export interface Arming {
  readonly done: number;
  readonly of: number;
  /** Stored events are read first, where a rule asks for something new; then people are written. */
  readonly phase: 'waiting' | 'reading' | 'writing';
  /** Share of the events that are read, 0 to 1. */
  readonly read: number;
  readonly seconds_left: number | null;
}
