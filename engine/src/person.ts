// The state of one person: memory (a fold of facts) and standing (a fold of decisions). Plain JSON, stored as text.
import type { Instant, LocalDay } from './lib/instant.ts';
import type { Json, Provenance } from './rules/rule.ts';
import type { Slot } from './memory/slot.ts';

export type { Provenance } from './rules/rule.ts';

/** `v` null is a known unknown (the trait was cleared). `s` is the event id that said it, the last tie-break. */
export interface TraitValue {
  readonly v: Json;
  readonly at: Instant;
  readonly p: Provenance;
  /** True when a browser said it: ranks below the same provenance said by a server. */
  readonly b?: true;
  readonly s: string;
}

/** What rules need to know of the past. Can always be made again from events. */
export interface Memory {
  /** First and newest own time of any event. */
  readonly first_at: Instant | null;
  readonly last_at: Instant | null;
  readonly events: number;
  /** Newest value per identity kind: `[value, at, event id]`. */
  readonly identities: { readonly [kind: string]: readonly [string, Instant, string] };
  readonly traits: { readonly [key: string]: TraitValue };
  /** Shared by all leaves that look at the same events; keys are made by the compiler. */
  readonly slots: { readonly [key: string]: Slot };
}

export type ConsentStatus = 'given' | 'withdrawn';
export interface Consent {
  readonly status: ConsentStatus;
  readonly basis: string;
  readonly source: string;
  readonly at: Instant;
}

export interface StagePosition {
  readonly stage: string;
  readonly since: Instant;
}

export type Arm = 'treated' | 'control';

/** One person's trip through a journey version. */
export interface Run {
  readonly id: string;
  readonly journey: string;
  readonly version: number;
  readonly arm: Arm;
  /** The person's id at entry: ids of run and messages derive from it, also after a merge. */
  readonly person: string;
  readonly start: string;
  readonly started_at: Instant;
  readonly node: string;
  /** When this node was reached, and how often so far (the visit): part of message ids. */
  readonly node_at: Instant;
  readonly visit: number;
  readonly goal_at: Instant | null;
  /** The property that the trigger names, of the event that started it. */
  readonly key?: string;
}

/** A message decided and not yet ended: what the last look needs. */
export interface OpenMessage {
  readonly id: string;
  readonly run: string | null;
  readonly journey: string | null;
  readonly version: number | null;
  readonly node: string | null;
  readonly channel: string;
  readonly topic: string;
  readonly marketing: boolean;
  /** Was promised: goals and exits of its run do not stop it. */
  readonly promised: boolean;
  /** When its run started: its goal is asked again at the last look, also after the run went on to its exit. */
  readonly run_started_at: Instant | null;
  /** Set when its run ended early: what the last look will say. */
  readonly cancelled: 'goal_reached' | 'run_ended' | null;
  readonly at: Instant;
  /** Past this instant it is too late to be useful. */
  readonly expires_at: Instant;
  readonly handing: boolean;
}

/** One person's points in one programme, as far as what comes next must know them; each list has its bound (loyalty/ledger.ts). */
export interface PointsStanding {
  /** What can be spent, and what is owed: never below 0, and never both above it once a step is over. */
  readonly balance: number;
  readonly debt: number;
  /** Earned and awarded in all, without what was taken back. */
  readonly earned: number;
  readonly spent: number;
  readonly expired: number;
  readonly expired_at: Instant | null;
  readonly active_at: Instant | null;
  /** Of the balance, what goes when; soonest first. What is in none of them stays. */
  readonly lots: readonly (readonly [expires_at: Instant, points: number])[];
  /** Earned per local day, oldest first. */
  readonly days: readonly (readonly [day: LocalDay, points: number])[];
  /** Orders that earned, in the order in which they did. */
  readonly orders: readonly EarnedOrder[];
  /** Refunds of orders that are not known yet. */
  readonly waiting: readonly (readonly [order: string, amount: string | null])[];
  /** Idempotency keys of what was posted by hand. */
  readonly commands: readonly string[];
  /** Per capped rule: first day of the period, times in it. */
  readonly caps: { readonly [rule: string]: readonly [period: LocalDay, times: number] };
  /** Orders that are in `orders` no more, as a filter (lib/bloom.ts). */
  readonly forgotten?: string;
}

/** Total and refunded in minor units, and when it earned. Of each rule: what it earned, what of that was taken back, when it goes. */
export type EarnedOrder = readonly [
  key: string,
  total: string,
  refunded: string,
  at: Instant,
  parts: readonly (readonly [rule: string, points: number, reversed: number, expires_at: Instant | null])[],
];

export interface TierPosition {
  readonly tier: string;
  readonly since: Instant;
}

/** What was decided. A fold of the decisions log, never re-decided. */
export interface Standing {
  /** Number of decisions folded; the next decision has this `seq`. */
  readonly seq: number;
  readonly stages: { readonly [model: string]: StagePosition };
  /** Segment key to since. */
  readonly segments: { readonly [segment: string]: Instant };
  readonly episode: { readonly n: number; readonly since: Instant | null; readonly gone: boolean };
  /** Key `channel/topic`. */
  readonly consents: { readonly [key: string]: Consent };
  readonly runs: { readonly [run: string]: Run };
  /** Per journey: entries so far, the newest start, and the arm once drawn (sticky). */
  readonly journeys: {
    readonly [journey: string]: { readonly entries: number; readonly last_at: Instant; readonly arm: Arm };
  };
  readonly open: { readonly [message: string]: OpenMessage };
  /** Newest marketing hand-offs `[at, channel, message]` of the last 31 days, at most 64, for caps. */
  readonly sends: readonly (readonly [Instant, string, string])[];
  /** Soft bounces running, per channel. */
  readonly soft_bounces: { readonly [channel: string]: number };
  /** By programme; absent for whoever has none. */
  readonly points?: { readonly [programme: string]: PointsStanding };
  readonly tiers?: { readonly [programme: string]: TierPosition };
}

export interface Person {
  readonly id: string;
  readonly program_version: number;
  /** Key of the memory plan under which memory is complete; another one means refold. */
  readonly plan: string;
  readonly advanced_to: Instant;
  /** Imported as of an earlier day: no appointments until a live event or a thaw. */
  readonly frozen_at: Instant | null;
  /** Only import decisions so far: a later import may re-establish. */
  readonly imported_only: boolean;
  /** The newest ids merged into this one, at most 64, oldest first. */
  readonly aliases: readonly { readonly bucket: number; readonly id: string }[];
  readonly memory: Memory;
  readonly standing: Standing;
  /** The appointment: the next instant at which silence alone may change something. */
  readonly wake_at: Instant | null;
}

export function encodePerson(person: Person): string {
  return JSON.stringify(person);
}

/** Trusts what is stored: only encodePerson writes it. */
export function decodePerson(text: string): Person {
  return JSON.parse(text) as Person;
}
