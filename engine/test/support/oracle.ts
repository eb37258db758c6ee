// A naive evaluator of rules over a person's whole history: every question is answered by reading every event again, in
// the plainest way. It shares no code with the engine (types only), and time comes from Temporal.
import { createHash } from 'node:crypto';
import type { Definition } from '../../src/definition.ts';
import type { Period } from '../../src/lib/calendar.ts';
import type { EventFact } from '../../src/input.ts';
import type { Standing } from '../../src/person.ts';
import type { Comings } from './oracle-predictions.ts';
import { expected, lapseHours } from './oracle-predictions.ts';
import type {
  AmountOp,
  Anchor,
  CalendarWindow,
  Comparison,
  DateOf,
  Json,
  Rule,
  Selector,
  Where,
  Window,
} from '../../src/rules/rule.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface World {
  readonly definition: Definition;
  readonly history: readonly EventFact[];
  readonly standing: Standing;
  readonly personId: string;
  readonly runStartedAt: number | null;
}

/** Whether the rule holds of the person at `now`, with all of the history known. */
export function holds(world: World, rule: Rule, now: number): boolean {
  switch (rule.kind) {
    case 'all':
      return rule.rules.every((each) => holds(world, each, now));
    case 'any':
      return rule.rules.some((each) => holds(world, each, now));
    case 'not':
      return !holds(world, rule.rule, now);
    case 'trait':
      return compares(world, rule.op, traitAt(world, rule.path), rule.value) && saidSo(world, rule, now);
    case 'account': {
      const id = (event: EventFact): string | null => {
        const { group_id: said } = event.properties;
        if (event.type !== 'group' || (typeof said !== 'number' && typeof said !== 'string')) return null;
        return String(said) === '' ? null : String(said);
      };
      const calls = sorted(world.history).filter((event) => id(event) !== null);
      const account = calls.at(-1);
      const mine = calls.filter((event) => id(event) === id(account!));
      const value =
        account !== undefined && rule.path !== undefined
          ? traitIn(mine, 256, rule.path)
          : account && id(account);
      return compares(world, rule.op, value, rule.value);
    }
    case 'open_conversation': {
      const opening = ['Conversation Started', 'Conversation Reopened', 'Complaint Opened'];
      const closing = ['Conversation Closed', 'Conversation Resolved', 'Complaint Resolved'];
      const words = sorted(world.history).filter((event) => [...opening, ...closing].includes(event.name));
      const named = (event: EventFact): Json | undefined =>
        [event.properties['conversation_id'], event.properties['complaint_id']].find(
          (id) => ['string', 'number', 'boolean'].includes(typeof id) && id !== '',
        );
      const ids = new Set(words.map(named));
      return [...ids].some((each) => {
        const last = words.filter((event) => named(event) === each).at(-1)!;
        const after = words.slice(words.indexOf(last) + 1);
        const isClosed = after.some((event) => named(event) === undefined && closing.includes(event.name));
        return opening.includes(last.name) && !isClosed;
      });
    }
    case 'identity':
      return world.history.some((event) => event.identities.some(([kind]) => rule.has.includes(kind)));
    case 'count': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      return countOp(selected(world, rule).filter(inside).length, rule.op, rule.n);
    }
    case 'days': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      const days = new Set(
        selected(world, rule)
          .filter(inside)
          .map((event) => day(world, event.at)),
      );
      return countOp(days.size, rule.op, rule.n);
    }
    case 'sum':
    case 'average':
    case 'minimum':
    case 'maximum': {
      const inside = inCells(world, rule.window, now);
      if (inside === null) return false;
      const amounts = selected(world, rule)
        .filter(inside)
        .map((event) => amount(property(event, rule.property)))
        .filter((each) => each !== null);
      return holdsOfAmounts(amounts, rule.kind, rule.op, amount(rule.value)!);
    }
    case 'distinct': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      const values = selected(world, rule)
        .filter(inside)
        .map((event) => property(event, rule.property))
        .filter((each) => ['string', 'number', 'boolean'].includes(typeof each));
      return countOp(new Set(values).size, rule.op, rule.n);
    }
    case 'spend': {
      const inside = inCells(world, rule.window, now);
      if (inside === null) return false;
      const spent = netOrders(world)
        .filter((order) => inside(order))
        .map((order) => order.spend)
        .filter((each) => each !== null);
      const limit = amount(rule.value)! * 10n ** (DIGITS[world.definition.currency] ?? 2n);
      return holdsOfAmounts(spent, rule.per === 'all' ? 'sum' : 'average', rule.op, limit);
    }
    case 'trend': {
      const events = selected(world, rule)
        .map((event) => ({
          day: day(world, event.at),
          amount: rule.property === undefined ? ONE : amount(property(event, rule.property)),
        }))
        .filter((each): each is { day: number; amount: bigint } => each.amount !== null);
      return trend(events, day(world, now), { ...rule, least: rule.count_at_least ?? 0 });
    }
    case 'latest': {
      const inside = windowed(world, rule.window, now);
      const newest = newestOf(selected(world, rule));
      if (newest === undefined || inside === null || !inside(newest)) return false;
      const value = property(newest, rule.property);
      const kept = value !== undefined && JSON.stringify(value).length > 1_000 ? null : value;
      return compares(world, rule.op, kept, rule.value);
    }
    case 'first': {
      const inside = windowed(world, rule.window, now);
      const first = sorted(selected(world, rule))[0];
      if (first === undefined || inside === null || !inside(first)) return false;
      const value = property(first, rule.property);
      const kept = value !== undefined && JSON.stringify(value).length > 1_000 ? null : value;
      return compares(world, rule.op, kept, rule.value);
    }
    case 'most_frequent': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      const values = valued(world, rule)
        .slice(-64)
        .filter(inside)
        .map((event) => textOf(event, rule.property));
      if (values.length === 0) return false;
      const times = (value: string): number => values.filter((each) => each === value).length;
      const most = Math.max(...values.map(times));
      const found = values.findLast((value) => times(value) === most)!;
      return compares(world, rule.op, found.length > 64 ? null : JSON.parse(found), rule.value);
    }
    case 'sequence':
    case 'unfollowed': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      const byText = (event: EventFact): string => (rule.by === undefined ? '' : textOf(event, rule.by));
      const parts = (selector: Selector): readonly EventFact[] =>
        rule.by === undefined
          ? sorted(selected(world, selector))
          : valued(world, { ...selector, property: rule.by });
      const isNewestOfKey = (event: EventFact, i: number, all: readonly EventFact[]): boolean =>
        !all.slice(i + 1).some((later) => byText(later) === byText(event));
      const isPerKey = rule.kind === 'unfollowed' && rule.by !== undefined;
      const starts = parts(rule.first)
        .filter(isPerKey ? isNewestOfKey : () => true)
        .slice(-32)
        .filter(inside);
      const ends = parts(rule.then);
      const within = milliseconds(rule.within);
      const isFollowed = (a: EventFact): boolean =>
        ends.some((b) => b !== a && byText(b) === byText(a) && a.at <= b.at && b.at < a.at + within);
      return rule.kind === 'sequence'
        ? starts.some(isFollowed)
        : starts.some((a) => a.at + within <= now && !isFollowed(a));
    }
    case 'per_value': {
      const inside = windowed(world, rule.window, now);
      if (inside === null) return false;
      const values = valued(world, rule)
        .slice(-64)
        .filter(inside)
        .map((event) => textOf(event, rule.property));
      return values.some((value) => values.filter((each) => each === value).length >= rule.n);
    }
    case 'orders':
      return countOp(orderDays(world).length, rule.op, rule.n);
    case 'order_span': {
      const net = netOrders(world);
      return net.length > 0 && net.at(-1)!.at - net[0]!.at >= milliseconds(rule.at_least);
    }
    case 'last_order': {
      const last = netOrders(world).at(-1);
      return last !== undefined && now < last.at + milliseconds(rule.within);
    }
    case 'spend_trend': {
      const orders = netOrders(world).flatMap(({ at, spend }) =>
        spend === null ? [] : [{ day: day(world, at), amount: spend }],
      );
      return trend(orders, day(world, now), { ...rule, least: rule.orders_at_least ?? 0 });
    }
    case 'quiet':
      return quiet(world, rule, now);
    case 'predicted':
      return (world.definition.prediction?.purchases.model ?? null) !== null;
    case 'order_chance':
    case 'next_order':
    case 'lifetime_value':
      return expected(world.definition, rule, comings(world, 'orders'), now);
    case 'date':
    case 'anniversary': {
      const zone = livesIn(world);
      const date = dateOf(world, rule.of, zone);
      if (date === null) return false;
      const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
      const dates =
        rule.kind === 'date'
          ? [date]
          : Array.from({ length: 400 }, (_, i) => i + 1)
              .filter((years) => Math.abs(date.year + years - today.year) <= 1)
              .map((years) => date.add({ years }));
      return dates.some(
        (each) =>
          Temporal.PlainDate.compare(each.add({ days: rule.from }), today) <= 0 &&
          Temporal.PlainDate.compare(today, each.add({ days: rule.to ?? rule.from })) <= 0,
      );
    }
    case 'stage': {
      const position = world.standing.stages[rule.model];
      const stages = typeof rule.stage === 'string' ? [rule.stage] : rule.stage;
      if (position === undefined || !stages.includes(position.stage)) return false;
      return now >= position.since + (rule.for === undefined ? 0 : milliseconds(rule.for));
    }
    case 'tier': {
      const position = world.standing.tiers?.[rule.programme];
      if (position === undefined || ![rule.tier].flat().includes(position.tier)) return false;
      return now >= position.since + (rule.for === undefined ? 0 : milliseconds(rule.for));
    }
    case 'points':
      return amountOp(BigInt(pointsAt(world, rule, now)), rule.op, BigInt(rule.value));
    case 'segment':
      return Object.keys(world.standing.segments).includes(rule.segment);
    case 'consent':
      return consented(world, rule.channel, rule.topic);
    case 'episode':
      return countOp(world.standing.episode.n, rule.op, rule.n);
    case 'in_journey':
      return Object.values(world.standing.runs).some((run) => run.journey === rule.journey);
    case 'share': {
      const digest = createHash('sha256')
        .update(JSON.stringify([world.personId, rule.salt]))
        .digest();
      return Number(digest.readBigUInt64BE() >> 11n) / 2 ** 53 < rule.of;
    }
  }
}

function pointsAt(world: World, rule: Extract<Rule, { kind: 'points' }>, now: number): number {
  const points = world.standing.points?.[rule.programme];
  const expiry = world.definition.programmes?.find((each) => each.key === rule.programme)?.expiry;
  if (points === undefined) return 0;
  const dated = (): readonly { readonly at: number; readonly n: number }[] => {
    if (expiry === undefined) return [];
    if (expiry.kind === 'earned') return points.lots.map(([at, n]) => ({ at, n }));
    return [{ at: (points.active_at ?? Infinity) + milliseconds(expiry.after), n: points.balance }];
  };
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  switch (rule.of) {
    case 'owed':
      return points.debt;
    case 'balance':
      return (
        points.balance -
        sum(
          dated()
            .filter(({ at }) => at <= now)
            .map(({ n }) => n),
        )
      );
    case 'expiring':
      return sum(
        dated()
          .filter(({ at }) => now < at && at <= now + milliseconds(rule.within!))
          .map(({ n }) => n),
      );
    case 'earned': {
      if (rule.window === undefined) return points.earned;
      const today = day(world, now);
      const inside = (of: number): boolean => {
        const { window } = rule;
        if (window === undefined) return true;
        if ('last' in window) return of > today - milliseconds(window.last) / DAY;
        const date = (n: number): Temporal.PlainDate =>
          Temporal.PlainDate.from('1970-01-01').add({ days: n });
        const back = {
          day: 'days',
          week: 'weeks',
          month: 'months',
          quarter: 'months',
          year: 'years',
        } as const;
        if ('this' in window) return samePeriod(window.this, date(of), date(today));
        const { previous } = window;
        const from = previous === 'day' || previous === 'week' ? date(today) : date(today).with({ day: 1 });
        const ago = from.subtract({ [back[previous]]: previous === 'quarter' ? 3 : 1 });
        return samePeriod(previous, date(of), ago);
      };
      return sum(points.days.filter(([of]) => inside(of)).map(([, n]) => n));
    }
  }
}

function countOp(count: number, op: 'at_least' | 'at_most' | 'exactly', n: number): boolean {
  return { at_least: count >= n, at_most: count <= n, exactly: count === n }[op];
}

function holdsOfAmounts(
  amounts: readonly bigint[],
  of: 'sum' | 'average' | 'minimum' | 'maximum',
  op: AmountOp,
  limit: bigint,
): boolean {
  const sum = amounts.reduce((a, b) => a + b, 0n);
  if (of === 'sum') return amountOp(sum, op, limit);
  if (amounts.length === 0) return false;
  if (of === 'average') return amountOp(sum, op, limit * BigInt(amounts.length));
  const sorted = [...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return amountOp(of === 'minimum' ? sorted[0]! : sorted.at(-1)!, op, limit);
}

function amountOp(value: bigint, op: AmountOp, limit: bigint): boolean {
  return { over: value > limit, at_least: value >= limit, under: value < limit, at_most: value <= limit }[op];
}

// ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────

function selected(world: World, selector: Selector): readonly EventFact[] {
  const names = ([] as string[]).concat(selector.event as string[]);
  return world.history.filter(
    (event) =>
      (names.includes('*') || names.includes(event.name)) &&
      (selector.where ?? []).every((where: Where) =>
        compares(world, where.op, property(event, where.property), where.value),
      ),
  );
}

function property(event: EventFact, path: string): Json | undefined {
  if (path === '$event') return event.name;
  if (path === '$time')
    return Temporal.Instant.fromEpochMilliseconds(event.at).toString({ smallestUnit: 'millisecond' });
  return at(event.type === 'identify' || event.type === 'group' ? event.traits : event.properties, path);
}

function at(from: Json | undefined, path: string): Json | undefined {
  if (from === undefined || from === null || typeof from !== 'object') return undefined;
  const own = Object.getOwnPropertyDescriptor(from, path);
  if (own !== undefined && !(Array.isArray(from) && path === 'length')) return own.value as Json;
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) return undefined;
  return at(at(from, head), rest.join('.'));
}

function sorted(events: readonly EventFact[]): readonly EventFact[] {
  return [...events].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at - b.at));
}

/** Those that carry a text, a number, true or false, oldest first. */
function valued(world: World, rule: Selector & { readonly property: string }): readonly EventFact[] {
  return sorted(selected(world, rule)).filter((event) =>
    ['string', 'number', 'boolean'].includes(typeof property(event, rule.property)),
  );
}

function textOf(event: EventFact, path: string): string {
  return JSON.stringify(property(event, path));
}

function newestOf(events: readonly EventFact[]): EventFact | undefined {
  return sorted(events).at(-1);
}

/** Null: the anchor is missing. */
function windowed(
  world: World,
  window: Window | undefined,
  now: number,
): ((event: { readonly at: number }) => boolean) | null {
  if (window === undefined) return () => true;
  if ('last' in window) return (event) => event.at <= now && now < event.at + milliseconds(window.last);
  if ('this' in window || 'previous' in window) return (event) => inPeriod(world, window, event.at, now);
  const at = anchorAt(world, window.since);
  return at === null ? null : (event) => event.at > at;
}

function anchorAt(world: World, anchor: Anchor): number | null {
  const anchors = {
    run: () => world.runStartedAt,
    episode: () => world.standing.episode.since,
    last_order: () => netOrders(world).at(-1)?.at ?? null,
    stage: () => (anchor.kind === 'stage' ? (world.standing.stages[anchor.model]?.since ?? null) : null),
  };
  return anchors[anchor.kind]();
}

/** Amounts: the last n days are this local day and the n - 1 before it, hours likewise; since an anchor from its day on. */
function inCells(
  world: World,
  window: Window | undefined,
  now: number,
): ((event: { readonly at: number }) => boolean) | null {
  if (window === undefined || 'this' in window || 'previous' in window) return windowed(world, window, now);
  if ('last' in window && window.last.includes('T')) {
    const hours = Temporal.Duration.from(window.last).total('hours');
    return (event) => hourStart(world, event.at) > hourStart(world, now) - hours * HOUR;
  }
  if ('last' in window) {
    const first = day(world, now) - milliseconds(window.last) / DAY + 1;
    return (event) => day(world, event.at) >= first;
  }
  const anchor = anchorAt(world, window.since);
  if (anchor === null) return null;
  const first = Math.max(day(world, anchor), day(world, now) - 399);
  return (event) => day(world, event.at) >= first;
}

function inPeriod(world: World, window: CalendarWindow, at: number, now: number): boolean {
  const today = localDate(world, now);
  const date = localDate(world, at);
  if ('this' in window) return samePeriod(window.this, date, today);
  const back = {
    day: { days: 1 },
    week: { weeks: 1 },
    month: { months: 1 },
    quarter: { months: 3 },
    year: { years: 1 },
  };
  // From the first of the month, so that going back never falls on a day that does not exist.
  const from = window.previous === 'day' || window.previous === 'week' ? today : today.with({ day: 1 });
  return samePeriod(window.previous, date, from.subtract(back[window.previous]));
}

function samePeriod(period: Period, a: Temporal.PlainDate, b: Temporal.PlainDate): boolean {
  switch (period) {
    case 'day':
      return a.equals(b);
    case 'week':
      return a.weekOfYear === b.weekOfYear && a.yearOfWeek === b.yearOfWeek;
    case 'month':
      return a.toPlainYearMonth().equals(b.toPlainYearMonth());
    case 'quarter':
      return a.year === b.year && Math.ceil(a.month / 3) === Math.ceil(b.month / 3);
    case 'year':
      return a.year === b.year;
  }
}

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────

function compares(world: World, op: Comparison, actual: Json | undefined, value: Json | undefined): boolean {
  const isKnown = actual !== undefined && actual !== null;
  if (op === 'known') return isKnown;
  if (op === 'unknown') return !isKnown;
  if (!isKnown) return false;
  const numbers = typeof actual === 'number' && typeof value === 'number';
  const texts = typeof actual === 'string' && typeof value === 'string';
  switch (op) {
    case 'is':
      return actual === value;
    case 'is_not':
      return actual !== value;
    case 'one_of':
      return (value as Json[]).includes(actual);
    case 'none_of':
      return !(value as Json[]).includes(actual);
    case 'contains':
      return Array.isArray(actual) ? actual.includes(value) : texts && actual.indexOf(value) >= 0;
    case 'not_contains':
      return Array.isArray(actual) ? !actual.includes(value) : texts && actual.indexOf(value) < 0;
    case 'starts_with':
      return texts && actual.slice(0, value.length) === value;
    case 'ends_with':
      return texts && actual.slice(-value.length) === value;
    case 'matches':
      return texts && actual.length <= 1_000 && pattern(value).test(actual);
    case 'over':
      return numbers && actual > value;
    case 'at_least':
      return numbers && actual >= value;
    case 'under':
      return numbers && actual < value;
    case 'at_most':
      return numbers && actual <= value;
    case 'before':
      return texts && dates(world, actual, value, -1);
    case 'after':
      return texts && dates(world, actual, value, 1);
  }
}

function pattern(source: string): RegExp {
  return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'iu') : new RegExp(source, 'u');
}

/** Compared as days of the workspace when the rule names a day, else as instants. */
function dates(world: World, actual: string, value: string, sign: number): boolean {
  const zone = world.definition.time_zone;
  const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text);
  if (!isDay(actual) && !isInstant(actual)) return false;
  if (isDay(value)) {
    const one = isDay(actual)
      ? Temporal.PlainDate.from(actual)
      : Temporal.Instant.from(actual).toZonedDateTimeISO(zone).toPlainDate();
    return Temporal.PlainDate.compare(one, Temporal.PlainDate.from(value)) === sign;
  }
  const one = isDay(actual)
    ? Temporal.PlainDate.from(actual).toZonedDateTime(zone).toInstant()
    : Temporal.Instant.from(actual);
  return Temporal.Instant.compare(one, Temporal.Instant.from(value)) === sign;
}

const UNIT = 10n ** 20n;
const ONE = UNIT;

/** An exact amount in units of 10^-20; null when it is none. */
function amount(value: Json | undefined): bigint | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(String(value));
  if (match === null) return null;
  const digits = `${match[2]}${match[3] ?? ''}`;
  const shift = 20 - (match[3] ?? '').length + Number(match[4] ?? 0);
  if (shift < 0 && BigInt(digits) % 10n ** BigInt(-shift) !== 0n) return null;
  const units = shift < 0 ? BigInt(digits) / 10n ** BigInt(-shift) : BigInt(digits) * 10n ** BigInt(shift);
  return units >= 10n ** 50n ? null : match[1] === '-' ? -units : units;
}

function trend(
  events: readonly { readonly day: number; readonly amount: bigint }[],
  today: number,
  rule: {
    readonly days: number;
    readonly op: 'under' | 'over';
    readonly share: number;
    readonly least: number;
  },
): boolean {
  const last = events.filter((event) => event.day > today - rule.days);
  const before = events.filter(
    (event) => event.day > today - 2 * rule.days && event.day <= today - rule.days,
  );
  const sum = (list: typeof last): bigint => list.reduce((a, b) => a + b.amount, 0n);
  if (last.length + before.length < rule.least || sum(before) <= 0n) return false;
  const left = sum(last) * UNIT;
  const right = sum(before) * amount(rule.share)!;
  return rule.op === 'under' ? left < right : left > right;
}

// ── orders, rhythm ──────────────────────────────────────────────────────────────────────────────────────────────

interface Order {
  readonly at: number;
  readonly id: string;
  /** Not refunded in full. */
  readonly isNet: boolean;
  /** Null: unknown, or in another currency. */
  readonly spend: bigint | null;
}

const ordersMemo = new WeakMap<World, readonly Order[]>();

function netOrders(world: World): readonly Order[] {
  return ordersOf(world).filter((order) => order.isNet);
}

/** Every order once, by time and then by its id, which is how the newest 32 are told from the others. */
function ordersOf(world: World): readonly Order[] {
  const known = ordersMemo.get(world);
  if (known !== undefined) return known;
  const purchases = selected(world, world.definition.purchase);
  const refunds = selected(world, world.definition.refund).filter((event) => !purchases.includes(event));
  const orders = new Map<string, Order>();
  for (const event of inOrderOfTelling(world, purchases)) {
    // Those without an id come after those with one.
    const id = orderId(event) ?? `~ ${event.id}`;
    if (orders.has(id)) continue;
    const mine = refunds.filter((refund) => orderId(refund) === id);
    const total = money(world, event, ['total_minor', 'total', 'revenue', 'value']);
    const parts = mine.map((refund) =>
      money(world, refund, ['amount_minor', 'total_minor', 'amount', 'total', 'revenue', 'value']),
    );
    const back = parts.reduce((a: bigint, b) => a + (b ?? 0n), 0n);
    const isNet = !parts.includes(null) && (total === null || parts.length === 0 || back < total);
    const foreign = currency(world, event) !== world.definition.currency;
    orders.set(id, { id, at: event.at, isNet, spend: total === null || foreign ? null : total - back });
  }
  const all = [...orders.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  ordersMemo.set(world, all);
  return all;
}

/** The first telling of an order stands; of two at one instant its own currency's, the known, the smaller one. */
function inOrderOfTelling(world: World, purchases: readonly EventFact[]): readonly EventFact[] {
  const code = (event: EventFact): string => {
    const said = currency(world, event);
    return said === world.definition.currency ? '' : said;
  };
  const total = (event: EventFact): bigint | null =>
    money(world, event, ['total_minor', 'total', 'revenue', 'value']);
  return [...purchases].sort((a, b) => {
    if (a.at !== b.at) return a.at - b.at;
    if (code(a) !== code(b)) return code(a) < code(b) ? -1 : 1;
    const [x, y] = [total(a), total(b)];
    if (x === null || y === null) return x === y ? 0 : y === null ? -1 : 1;
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

function orderId(event: EventFact): string | null {
  const id = event.properties['order_id'];
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? `order ${id}` : null;
}

function currency(world: World, event: EventFact): string {
  const said = event.properties['currency'];
  return typeof said === 'string' && /^[a-z]{3}$/i.test(said)
    ? said.toUpperCase()
    : world.definition.currency;
}

const DIGITS: { readonly [currency: string]: bigint } = { JPY: 0n, KWD: 3n };

/** In minor units times 10^20. */
function money(world: World, event: EventFact, names: readonly string[]): bigint | null {
  const digits = DIGITS[currency(world, event)] ?? 2n;
  for (const name of names) {
    const found = amount(event.properties[name]);
    if (found !== null) return name.endsWith('_minor') ? found : found * 10n ** digits;
  }
  return null;
}

function orderDays(world: World): readonly number[] {
  return [...new Set(netOrders(world).map((order) => day(world, order.at)))];
}

/** When somebody came, as predictions see it. */
function comings(world: World, of: 'orders' | 'visits'): Comings {
  const times =
    of === 'visits'
      ? sorted(selected(world, world.definition.visit)).map((event) => event.at)
      : netOrders(world).map((order) => order.at);
  const days = [...new Set(times.map((time) => day(world, time)))];
  const spends = netOrders(world).flatMap(({ spend }) => (spend === null ? [] : [Number(spend) / 1e20]));
  return { times, days, keptDays: of === 'visits' ? days.slice(-64) : keptOrderDays(world), spends };
}

/** Of the newest 32 orders, the days of those that were not refunded. */
function keptOrderDays(world: World): readonly number[] {
  const net = ordersOf(world)
    .slice(-32)
    .filter((order) => order.isNet);
  return [...new Set(net.map((order) => day(world, order.at)))];
}

function quiet(world: World, rule: Extract<Rule, { kind: 'quiet' }>, now: number): boolean {
  const visits = rule.of === 'visits';
  const came = comings(world, rule.of);
  const { times, days } = came;
  if (times.length === 0 || days.length < (rule.days_at_least ?? 1)) return false;
  const lapse = lapseHours(world.definition, rule, came);
  if (lapse !== null) return now >= times.at(-1)! + lapse * HOUR;

  // "Stored floats are rounded": logarithms to 12 significant digits, the gap to whole milliseconds.
  const logs = days.slice(1).map((each, i) => Number(Math.log(each - days[i]!).toPrecision(12)));
  const usual = (visits ? world.definition.visit_gap_days : world.definition.gap_days) ?? 60;
  const gap =
    days.length >= 3
      ? Math.round(Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length) * DAY)
      : Math.round(usual * DAY);
  const silence = Math.max(
    milliseconds(rule.min),
    Math.min(milliseconds(rule.max), Math.round(rule.gaps * gap)),
  );
  return now >= times.at(-1)! + silence;
}

// ── traits, standing ────────────────────────────────────────────────────────────────────────────────────────────

function traitAt(world: World, path: string): Json | undefined {
  return traitIn(ofPerson(world), 4_096, path);
}

/** What these events say of a trait, or of the path inside one. */
function traitIn(events: readonly EventFact[], charsMax: number, path: string): Json | undefined {
  const [head = '', ...rest] = path.split('.');
  const whole = sayingIn(events, charsMax, path)?.traits[path];
  if (whole !== undefined) return whole;
  return rest.length === 0 ? undefined : at(sayingIn(events, charsMax, head)?.traits[head], rest.join('.'));
}

function ofPerson(world: World): readonly EventFact[] {
  return sorted(world.history).filter((event) => event.type !== 'group');
}

function saidSo(world: World, rule: Extract<Rule, { kind: 'trait' }>, now: number): boolean {
  if (rule.said_by === undefined && rule.said_within === undefined) return true;
  const event = saying(world, rule.path) ?? saying(world, rule.path.split('.')[0]!);
  if (event === undefined) return false;
  const told = ['Preference Told', 'Survey Answered', 'Form Submitted'].includes(event.name);
  const way = event.trust === 'import' ? 'imported' : told ? 'declared' : 'observed';
  if (rule.said_by?.includes(way) === false) return false;
  return rule.said_within === undefined || now < event.at + milliseconds(rule.said_within);
}

function traitNamed(world: World, key: string): Json | undefined {
  return saying(world, key)?.traits[key];
}

function saying(world: World, key: string): EventFact | undefined {
  return sayingIn(ofPerson(world), 4_096, key);
}

/** The event whose word on a trait stands. */
function sayingIn(events: readonly EventFact[], charsMax: number, key: string): EventFact | undefined {
  const strength = (event: EventFact): number => {
    if (event.trust === 'import') return 1;
    const told = ['Preference Told', 'Survey Answered', 'Form Submitted'].includes(event.name);
    return (told ? 4 : 2) + (event.trust === 'server' ? 1 : 0);
  };
  const said = events.filter(
    (event) =>
      Object.keys(event.traits).includes(key) && JSON.stringify(event.traits[key]).length <= charsMax,
  );
  return said.sort((a, b) => strength(a) - strength(b)).at(-1);
}

function livesIn(world: World): string {
  const isZone = (name: Json | undefined): name is string => {
    if (typeof name !== 'string') return false;
    try {
      Temporal.Now.zonedDateTimeISO(name);
      return true;
    } catch {
      return false;
    }
  };
  return (
    [traitNamed(world, 'timezone'), traitNamed(world, 'time_zone')].find(isZone) ?? world.definition.time_zone
  );
}

function dateOf(world: World, of: DateOf, zone: string): Temporal.PlainDate | null {
  const on = (at: number | undefined): Temporal.PlainDate | null =>
    at === undefined
      ? null
      : Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  switch (of.kind) {
    case 'trait': {
      const text = traitAt(world, of.path);
      if (typeof text !== 'string') return null;
      if (/^\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text);
      return /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(text)
        ? on(Temporal.Instant.from(text).epochMilliseconds)
        : null;
    }
    case 'first_order':
      return on(netOrders(world)[0]?.at);
    case 'last_order':
      return on(netOrders(world).at(-1)?.at);
    case 'first_seen':
      return on(sorted(world.history)[0]?.at);
  }
}

function consented(world: World, channel: string | undefined, topic: string | undefined): boolean {
  const words = Object.entries(world.standing.consents);
  return words.some(([key, consent]) => {
    const [c, t] = key.split('/');
    if (consent.status !== 'given') return false;
    if (channel !== undefined && c !== '*' && c !== channel) return false;
    if (topic !== undefined && t !== '*' && t !== topic) return false;
    const covering = new Set(
      [channel ?? c, '*'].flatMap((one) => [topic ?? t, '*'].map((two) => `${one}/${two}`)),
    );
    return !words.some(
      ([other, word]) => word.status === 'withdrawn' && word.at >= consent.at && covering.has(other),
    );
  });
}

// ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────

const dateMemo = new Map<string, { readonly date: Temporal.PlainDate; readonly day: number }>();

/** The local day as days since 1970. */
function day(world: World, instant: number): number {
  return dated(world, instant).day;
}

function localDate(world: World, instant: number): Temporal.PlainDate {
  return dated(world, instant).date;
}

function dated(world: World, instant: number): { readonly date: Temporal.PlainDate; readonly day: number } {
  const key = `${world.definition.time_zone} ${instant}`;
  const known = dateMemo.get(key);
  if (known !== undefined) return known;
  const date = Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(world.definition.time_zone)
    .toPlainDate();
  const made = { date, day: Temporal.PlainDate.from('1970-01-01').until(date).days };
  if (dateMemo.size > 200_000) dateMemo.clear();
  dateMemo.set(key, made);
  return made;
}

/** The instant at which the local clock last showed a full hour. */
function hourStart(world: World, instant: number): number {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(world.definition.time_zone)
    .round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds;
}

export function milliseconds(text: string): number {
  return Temporal.Duration.from(text).total({
    unit: 'milliseconds',
    relativeTo: '2025-01-01T00:00:00Z[UTC]',
  });
}
