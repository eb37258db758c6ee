// What an event earns, and what a refund takes back. Money comes from the event that said it; what a browser says neither
// earns nor takes.
import type { Cause, Posting } from '../decision.ts';
import type { Draft } from '../draft.ts';
import type { EventFact } from '../input.ts';
import { bloomMayHave } from '../lib/bloom.ts';
import { periodStart } from '../lib/calendar.ts';
import { minorDigits } from '../lib/currency.ts';
import { readDecimal, shifted } from '../lib/decimal.ts';
import type { Instant } from '../lib/instant.ts';
import { localDay } from '../lib/zone.ts';
import { readPurchase, readRefund } from '../memory/orders.ts';
import { ORDERS_KEY } from '../memory/plan.ts';
import type { PointsStanding } from '../person.ts';
import { largestRemainder, pointsFor, pointsOfPart } from './exact.ts';
import { NO_POINTS } from './ledger.ts';
import type { CompiledEarning, CompiledProgramme } from './programme.ts';

interface When {
  readonly at: Instant;
  readonly cause: Cause;
}

interface Taken extends When {
  readonly event: EventFact;
}

export function earnBy(draft: Draft, programme: CompiledProgramme, taken: Taken): void {
  const { event } = taken;
  if (event.trust === 'browser') return;
  const { purchase, refund } = draft.program;
  if (event.at >= programme.countsFrom) {
    if (purchase.matches(event)) earnByOrder(draft, programme, taken);
    for (const rule of programme.earn) if (rule.kind === 'event') earnByEvent(draft, programme, rule, taken);
  }
  if (!purchase.matches(event) && refund.matches(event)) takeBack(draft, programme, taken);
}

function earnByOrder(draft: Draft, programme: CompiledProgramme, { event, at, cause }: Taken): void {
  const { currency } = draft.program.definition;
  const said = readPurchase(event, currency);
  if (said.total === null || said.currency !== currency) return;
  const known = pointsOf(draft, programme.key);
  // The same order told again earns once.
  if (known.orders.some(([key]) => key === said.key)) return;
  if (known.forgotten !== undefined && bloomMayHave(known.forgotten, said.key)) return;
  const total = shifted(readDecimal(said.total), -minorDigits(currency));
  const earned = programme.earn.flatMap((rule) => {
    if (rule.kind !== 'spend' || !isFor(draft, rule, at)) return [];
    const { definition, per } = rule;
    if (definition.kind !== 'spend') return [];
    const points = pointsFor(total, { points: definition.points, per, rounding: definition.rounding });
    return points === 0 ? [] : [{ rule: definition.key, points }];
  });
  for (const { rule, points } of earned) {
    give(
      draft,
      programme,
      points,
      { at, cause },
      {
        entry: 'earned',
        source: `order:${said.key}`,
        rule,
        order: { key: said.key, total: said.total },
        day: localDay(draft.program.zone, at),
      },
    );
  }
  // Its refund may have come first.
  if (earned.length > 0) reverse(draft, programme.key, said.key, { at, cause });
}

function earnByEvent(
  draft: Draft,
  programme: CompiledProgramme,
  rule: CompiledEarning & { readonly kind: 'event' },
  { event, at, cause }: Taken,
): void {
  const { definition } = rule;
  if (!rule.selector.matches(event) || definition.kind !== 'event') return;
  const day = localDay(draft.program.zone, at);
  const period = definition.cap === undefined ? undefined : periodStart(definition.cap.per, day);
  if (definition.cap !== undefined) {
    const counted = pointsOf(draft, programme.key).caps[definition.key];
    if (counted !== undefined && counted[0] === period && counted[1] >= definition.cap.times) return;
  }
  if (!isFor(draft, rule, at)) return;
  give(
    draft,
    programme,
    definition.points,
    { at, cause },
    {
      entry: 'earned',
      source: `event:${event.id}`,
      rule: definition.key,
      day,
      ...(period === undefined ? {} : { period }),
    },
  );
}

function isFor(draft: Draft, { who }: CompiledEarning, at: Instant): boolean {
  return who === null || draft.ask(who, at).holds;
}

/** What is owed is settled first; the rest can be spent. */
export function give(
  draft: Draft,
  programme: CompiledProgramme,
  points: number,
  when: When,
  posting: Omit<Posting, 'programme' | 'from' | 'to' | 'points' | 'expires_at'>,
): void {
  const owed = Math.min(pointsOf(draft, programme.key).debt, points);
  const { period: _once, ...more } = posting;
  const shared = owed > 0 ? more : posting;
  if (owed > 0)
    decide(draft, when, { ...posting, programme: programme.key, from: 'issued', to: 'debt', points: owed });
  if (points === owed) return;
  const expires = programme.lotMs === null ? {} : { expires_at: when.at + programme.lotMs };
  decide(draft, when, {
    ...shared,
    programme: programme.key,
    from: 'issued',
    to: 'balance',
    points: points - owed,
    ...expires,
  });
}

function takeBack(draft: Draft, programme: CompiledProgramme, { event, at, cause }: Taken): void {
  const said = readRefund(event, draft.program.definition.currency);
  if (said === null) return;
  const known = pointsOf(draft, programme.key);
  const isKept = known.orders.some(([key]) => key === said.key);
  // An order that was heard of and earned nothing has nothing to give back.
  if (!isKept && wasHeardOf(draft, said.key) && !mayBeForgotten(known, said.key)) return;
  draft.decide(
    { kind: 'refund_counted', programme: programme.key, order: said.key, amount: said.amount },
    at,
    cause,
  );
  if (isKept) reverse(draft, programme.key, said.key, { at, cause });
}

function mayBeForgotten({ forgotten }: PointsStanding, key: string): boolean {
  return forgotten !== undefined && bloomMayHave(forgotten, key);
}

function wasHeardOf(draft: Draft, key: string): boolean {
  const slot = draft.memory.slots[ORDERS_KEY];
  if (slot?.kind !== 'orders') return false;
  return (
    slot.orders.some((order) => order[0] === key) || (slot.tail !== null && bloomMayHave(slot.tail.keys, key))
  );
}

/** Pro rata over what each rule earned by the order. */
export function reverse(draft: Draft, programme: string, order: string, when: When): void {
  const kept = pointsOf(draft, programme).orders.find(([key]) => key === order);
  if (kept === undefined) return;
  const [key, total, refunded, earnedAt, parts] = kept;
  const earned = parts.reduce((sum, [, points]) => sum + points, 0);
  const reversed = parts.reduce((sum, [, , back]) => sum + back, 0);
  const due = pointsOfPart(earned, readDecimal(refunded), readDecimal(total)) - reversed;
  if (due <= 0) return;
  const shares = largestRemainder(
    due,
    parts.map(([, points, back]) => points - back),
  );
  const day = localDay(draft.program.zone, earnedAt);
  parts.forEach(([rule, , , goes], i) => {
    const expires = goes === null ? {} : { expires_at: goes };
    const source = `order:${key}`;
    const posting = { entry: 'reversed', source, rule, order: { key, total }, day, ...expires } as const;
    takeAway(draft, { programme, ...posting }, { points: shares[i]!, earnedAt }, when);
  });
}

/**
 * From what expired, where these points may have; then from the balance, as far as it goes; and what was spent is owed. The
 * other way round, points that can still be spent would pay for some that could not, and not be there for their own refund.
 * What was taken back by hand before is not taken twice.
 */
export function takeAway(
  draft: Draft,
  posting: Omit<Posting, 'from' | 'to' | 'points'>,
  { points, earnedAt }: { readonly points: number; readonly earnedAt: Instant },
  when: When,
): void {
  const known = pointsOf(draft, posting.programme);
  const goes = posting.expires_at;
  const mayHaveExpired =
    goes === undefined ? known.expired_at !== null && known.expired_at >= earnedAt : goes <= when.at;
  let left = points;
  const from = (account: 'balance' | 'expired' | 'debt', most: number): void => {
    const taken = Math.max(0, Math.min(left, most));
    left -= taken;
    if (taken > 0) decide(draft, when, { ...posting, from: account, to: 'issued', points: taken });
  };
  from('expired', mayHaveExpired ? known.expired : 0);
  from('balance', known.balance);
  from('debt', known.spent - known.debt);
}

export function pointsOf(draft: Draft, programme: string): PointsStanding {
  return draft.standing.points?.[programme] ?? NO_POINTS;
}

export function decide(draft: Draft, { at, cause }: When, posting: Posting): void {
  draft.decide({ kind: 'points_posted', ...posting }, at, cause);
}

/** Every account back to nothing. Whoever only was imported has spent nothing. */
export function closeAccounts(draft: Draft, source: string, when: When): void {
  for (const programme of Object.keys(draft.standing.points ?? {}).sort()) {
    const { balance, expired, debt } = pointsOf(draft, programme);
    const posting = { programme, entry: 'restated', source } as const;
    if (balance > 0) decide(draft, when, { ...posting, from: 'balance', to: 'issued', points: balance });
    if (expired > 0) decide(draft, when, { ...posting, from: 'expired', to: 'issued', points: expired });
    if (debt > 0) decide(draft, when, { ...posting, from: 'issued', to: 'debt', points: debt });
  }
}
