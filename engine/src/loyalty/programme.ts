// A loyalty programme ready to be asked: selectors and rules compiled, durations and amounts read.
import type { EarningRule, ProgrammeDefinition } from '../definition.ts';
import { parseDateText } from '../lib/date-text.ts';
import { ZERO, parseDecimal } from '../lib/decimal.ts';
import type { Decimal } from '../lib/decimal.ts';
import { parseDuration } from '../lib/duration.ts';
import type { DurationMs, Instant } from '../lib/instant.ts';
import { dayStart } from '../lib/zone.ts';
import type { Need, Scope } from '../memory/plan.ts';
import { compileRule } from '../rules/compile.ts';
import type { CompiledRule } from '../rules/compile.ts';
import type { CompiledSelector } from '../rules/selector.ts';
import { compileSelector } from '../rules/selector.ts';

export interface CompiledTier {
  readonly key: string;
  readonly rule: CompiledRule;
}

export type CompiledEarning = {
  readonly definition: EarningRule;
  readonly who: CompiledRule | null;
} & (
  | { readonly kind: 'spend'; readonly per: Decimal }
  | { readonly kind: 'event'; readonly selector: CompiledSelector }
);

export interface CompiledProgramme {
  readonly key: string;
  readonly definition: ProgrammeDefinition;
  readonly countsFrom: Instant;
  readonly earn: readonly CompiledEarning[];
  /** When points are earned now, these go so long after; null where they do not go one by one. */
  readonly lotMs: DurationMs | null;
  /** Highest first. */
  readonly tiers: readonly CompiledTier[];
  /** Of every tier, lowest first: its place. */
  readonly ranks: ReadonlyMap<string, number>;
  readonly keepMs: DurationMs;
  /** What tiers and earning rules ask of memory. */
  readonly rules: readonly CompiledRule[];
}

/** Refunds must know whether an order was heard of. */
export const LEDGER_NEEDS: readonly Need[] = [{ kind: 'orders', spend_days: 0 }];

export function compileProgramme(definition: ProgrammeDefinition, scope: Scope): CompiledProgramme {
  const { expiry } = definition;
  const tiers = definition.tiers.map(({ key, rule }) => ({ key, rule: compileRule(rule, scope) }));
  const earn = definition.earn.map((rule): CompiledEarning => {
    const who = rule.who === undefined ? null : compileRule(rule.who, scope);
    return rule.kind === 'spend'
      ? { kind: 'spend', definition: rule, who, per: parseDecimal(rule.per) ?? ZERO }
      : { kind: 'event', definition: rule, who, selector: compileSelector(rule, scope.zone) };
  });
  return {
    key: definition.key,
    definition,
    countsFrom: instantOf(definition.counts_from, scope),
    earn,
    lotMs: expiry?.kind === 'earned' ? parseDuration(expiry.after) : null,
    tiers: tiers.toReversed(),
    ranks: new Map(tiers.map(({ key }, i) => [key, i])),
    keepMs: definition.keep_tier_for === undefined ? 0 : (parseDuration(definition.keep_tier_for) ?? 0),
    rules: [...tiers.map(({ rule }) => rule), ...earn.flatMap(({ who }) => who ?? [])],
  };
}

function instantOf(text: string, { zone }: Scope): Instant {
  const date = parseDateText(text, zone);
  if (date === null) throw new Error(`“${text}” is no date`);
  return date.kind === 'instant' ? date.at : dayStart(zone, date.day);
}
