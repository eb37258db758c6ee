// A loyalty programme under the reader's hands, and what of it is sent. No React.
import type { Earning, Programme, ProgrammeBody, Tier } from '../api/programmes.ts';
import type { RuleJson } from '../api/rules.ts';
import { readDuration, writeDuration } from './rule-values.ts';

interface RuleText {
  readonly text: string;
  readonly rule: RuleJson | null;
}

export interface TierDraft extends Omit<Tier, 'rule'> {
  readonly rule: RuleText;
}

export interface EarningDraft extends Omit<Earning, 'who'> {
  /** Only for these people; absent: for everyone. */
  readonly who?: RuleText;
}

export interface ProgrammeDraft {
  readonly name: string;
  /** A day; null: as it is, or from now on. */
  readonly countsFrom: string | null;
  readonly unit: Programme['unit'];
  readonly earn: readonly EarningDraft[];
  readonly expiry: Programme['expiry'];
  readonly tiers: readonly TierDraft[];
  /** 0: they fall at once. */
  readonly keepDays: number;
}

const textOf = (rule: RuleJson): RuleText => ({ text: JSON.stringify(rule, null, 2), rule });

export function startOf(saved: Programme | null): ProgrammeDraft {
  if (saved === null)
    return {
      name: '',
      countsFrom: null,
      unit: { one: 'point', many: 'points' },
      earn: [{ kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' }],
      expiry: { kind: 'inactivity', after: 'P365D' },
      tiers: [],
      keepDays: 0,
    };
  return {
    name: saved.name,
    countsFrom: null,
    unit: saved.unit,
    earn: saved.earn.map(({ sentence: _shown, who, ...rule }) => ({
      ...rule,
      ...(who === undefined ? {} : { who: textOf(who) }),
    })),
    expiry: saved.expiry,
    tiers: saved.tiers.map(({ key, name, rule }) => ({ key, name, rule: textOf(rule) })),
    keepDays: saved.keep_tier_for === null ? 0 : daysOf(saved.keep_tier_for),
  };
}

/** Null while a rule cannot be read. */
export function bodyOf(draft: ProgrammeDraft): ProgrammeBody | null {
  const { keepDays, countsFrom, tiers, earn, ...rest } = draft;
  const whole = tiers.flatMap(({ rule: { rule }, ...tier }) => (rule === null ? [] : [{ ...tier, rule }]));
  const earning = earn.flatMap(({ who, ...rule }): Earning[] => {
    if (who === undefined) return [rule];
    return who.rule === null ? [] : [{ ...rule, who: who.rule }];
  });
  if (whole.length < tiers.length || earning.length < earn.length) return null;
  return {
    ...rest,
    ...(countsFrom === null ? {} : { counts_from: countsFrom }),
    earn: earning,
    tiers: whole,
    keep_tier_for: keepDays > 0 ? writeDuration(keepDays, 'days') : null,
  };
}

/** A draft that this browser kept; null: it is none. */
export function readProgrammeDraft(kept: unknown): ProgrammeDraft | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const { name, unit, earn, tiers } = kept as Partial<ProgrammeDraft>;
  const whole = typeof name === 'string' && typeof unit === 'object';
  return whole && Array.isArray(earn) && Array.isArray(tiers) ? (kept as ProgrammeDraft) : null;
}

/** Whom an earning rule is for, to begin with. */
export const anyCustomer = (): RuleText => textOf({ kind: 'spend', per: 'all', op: 'at_least', value: 100 });

/** A tier of a programme that is not made yet cannot ask for its points: it begins with what was spent. */
export function newTier(tiers: readonly TierDraft[], programme: string | null): TierDraft {
  const rule: RuleJson =
    programme === null
      ? { kind: 'spend', per: 'all', window: { last: 'P365D' }, op: 'at_least', value: 200 }
      : { kind: 'points', programme, of: 'earned', window: { last: 'P365D' }, op: 'at_least', value: 500 };
  const names = ['Silver', 'Gold', 'Platinum'];
  const name = names.find((each) => !tiers.some((tier) => tier.name === each)) ?? 'New tier';
  return { key: freeKey(name.toLowerCase().replaceAll(' ', '_'), tiers), name, rule: textOf(rule) };
}

/** `gold`, `gold_2`, …: not taken yet. */
export function freeKey(wanted: string, taken: readonly { readonly key: string }[]): string {
  const is = (key: string): boolean => taken.some((each) => each.key === key);
  if (!is(wanted)) return wanted;
  for (let n = 2; ; n += 1) if (!is(`${wanted}_${n}`)) return `${wanted}_${n}`;
}

function daysOf(duration: string): number {
  const read = readDuration(duration);
  if (read === null) return 0;
  const days = { seconds: 1 / 86_400, minutes: 1 / 1_440, hours: 1 / 24, days: 1, weeks: 7 }[read.unit];
  return Math.ceil(read.n * days);
}
