// A loyalty programme as a customer meets it: earning, spending, refunds, expiry, tiers.
import { describe, expect, test } from 'vitest';
import { compile, establish, mergePeople, newPerson, refusalOf } from '../../src/index.ts';
import type { Decision, Definition, EventFact, ProgrammeDefinition } from '../../src/index.ts';
import { begin, take } from '../support/live.ts';
import type { Life } from '../support/live.ts';
import { instant } from '../support/facts.ts';
import { baseDefinition } from '../support/worlds.ts';

const DAY = 86_400_000;
const T0 = instant('2026-03-02T10:00:00Z');

const CLUB: ProgrammeDefinition = {
  key: 'club',
  name: 'Club',
  unit: { one: 'star', many: 'stars' },
  counts_from: '2026-03-01',
  earn: [
    { kind: 'spend', key: 'orders', points: 1, per: 1, rounding: 'down' },
    {
      kind: 'spend',
      key: 'gold',
      points: 1,
      per: 2,
      rounding: 'down',
      who: { kind: 'tier', programme: 'club', tier: 'gold' },
    },
    { kind: 'event', key: 'review', event: 'Review Written', points: 20, cap: { times: 1, per: 'week' } },
  ],
  tiers: [
    {
      key: 'gold',
      name: 'Gold',
      rule: { kind: 'spend', per: 'all', window: { last: 'P365D' }, op: 'at_least', value: 200 },
    },
  ],
};

class Member {
  readonly program;
  readonly life: Life;
  private told = 0;

  constructor(club: Partial<ProgrammeDefinition> = {}, more: Partial<Definition> = {}) {
    this.program = compile(baseDefinition({ programmes: [{ ...CLUB, ...club }], ...more }));
    this.life = begin(this.program, 'p1', T0);
  }

  event(day: number, name: string, properties: EventFact['properties'], more: Partial<EventFact> = {}): this {
    this.told += 1;
    const event: EventFact = {
      id: `m${this.told}`,
      at: T0 + day * DAY,
      type: 'track',
      name,
      trust: 'server',
      properties,
      traits: {},
      identities: [],
      ...more,
    };
    take(this.program, this.life, { kind: 'event', event }, T0 + day * DAY);
    return this;
  }

  order(day: number, order_id: string, total: number): this {
    return this.event(day, 'Order Completed', { order_id, total });
  }

  refund(day: number, order_id: string, amount?: number): this {
    return this.event(day, 'Order Refunded', { order_id, ...(amount === undefined ? {} : { amount }) });
  }

  hand(day: number, what: 'award' | 'spend' | 'correct', points: number, key = `k${day}`): this {
    const command = { programme: 'club', do: what, points, key, reason: 'test' } as const;
    take(this.program, this.life, { kind: 'points', ...command }, T0 + day * DAY);
    return this;
  }

  until(day: number): this {
    while (this.life.person.wake_at !== null && this.life.person.wake_at <= T0 + day * DAY)
      take(this.program, this.life, { kind: 'time' }, this.life.person.wake_at);
    return this;
  }

  get has(): string {
    const { balance = 0, debt = 0, earned = 0 } = this.life.person.standing.points?.['club'] ?? {};
    return `${balance} to spend, ${debt} owed, ${earned} earned`;
  }

  get posted(): readonly string[] {
    return postings(this.life.decisions);
  }
}

function postings(decisions: readonly Decision[]): readonly string[] {
  return decisions.flatMap((d) =>
    d.kind === 'points_posted' ? [`${d.entry} ${d.points}: ${d.from} → ${d.to} (${d.source})`] : [],
  );
}

describe('earning', () => {
  test('an order earns by its money, rounded down, once however often it is told', () => {
    const member = new Member().order(1, 'A', 49.9).order(1.1, 'A', 49.9);
    expect(member.posted).toEqual(['earned 49: issued → balance (order:#A)']);
  });

  test('who reached gold by this order earns the gold rate from the next one on', () => {
    const member = new Member().order(1, 'A', 200).order(2, 'B', 10);
    expect(member.posted.slice(1)).toEqual([
      'earned 10: issued → balance (order:#B)',
      'earned 5: issued → balance (order:#B)',
    ]);
  });

  test('a capped event earns once a week, and again in the next', () => {
    const member = new Member();
    for (const day of [0, 1, 7]) member.event(day, 'Review Written', {});
    expect(member.has).toBe('40 to spend, 0 owed, 40 earned');
  });

  test('what a browser says, what is older than the programme and another currency earn nothing', () => {
    const member = new Member()
      .event(1, 'Order Completed', { order_id: 'A', total: 99 }, { trust: 'browser' })
      .event(1, 'Order Completed', { order_id: 'B', total: 99 }, { at: instant('2026-02-28T12:00:00Z') })
      .event(1, 'Order Completed', { order_id: 'C', total: 99, currency: 'USD' });
    expect(member.posted).toEqual([]);
    expect(member.life.person.standing.points).toBeUndefined();
  });

  test('an order that the browser told first earns when the server tells it, by what the server says', () => {
    const member = new Member()
      .event(1, 'Order Completed', { order_id: 'A', total: 150 }, { trust: 'browser' })
      .order(1.1, 'A', 30);
    expect(member.has).toBe('30 to spend, 0 owed, 30 earned');
  });
});

describe('refunds', () => {
  test('parts are taken back pro rata by the largest remainder, and the whole leaves nothing', () => {
    const member = new Member().order(1, 'A', 200).order(2, 'B', 33).refund(3, 'B', 11);
    // 33 and 16 points: a third of 49 is 16.3, of which 11 and 5 by the largest remainder.
    expect(member.posted.slice(3)).toEqual([
      'reversed 11: balance → issued (order:#B)',
      'reversed 5: balance → issued (order:#B)',
    ]);
    member.refund(4, 'B', 11).refund(5, 'B');
    expect(member.has).toBe('200 to spend, 0 owed, 200 earned');
  });

  test('what was spent by then is owed, and settled by what is earned next', () => {
    const member = new Member().order(1, 'A', 100).hand(2, 'spend', 80).refund(3, 'A');
    expect(member.has).toBe('0 to spend, 80 owed, 0 earned');
    member.order(4, 'B', 100);
    expect(member.has).toBe('20 to spend, 0 owed, 100 earned');
    expect(member.posted.slice(-2)).toEqual([
      'earned 80: issued → debt (order:#B)',
      'earned 20: issued → balance (order:#B)',
    ]);
  });

  test('a refund that arrives before its order counts when the order comes', () => {
    const member = new Member().refund(1, 'A', 40).order(1, 'A', 100);
    expect(member.has).toBe('60 to spend, 0 owed, 60 earned');
  });

  test('points that expired unspent are not owed when their order is refunded', () => {
    const member = new Member({ expiry: { kind: 'inactivity', after: 'P10D' } }).order(1, 'A', 50).until(12);
    member.refund(13, 'A');
    expect(member.has).toBe('0 to spend, 0 owed, 0 earned');
  });

  test('the refund of an order older than those kept is recorded, takes nothing back and earns nothing again', () => {
    const member = new Member();
    for (let i = 0; i < 66; i += 1) member.order(i, `A${i}`, 10);
    const before = member.has;
    member.refund(70, 'A0').order(71, 'A0', 10);
    expect(member.has).toBe(before);
    expect(member.life.person.standing.points?.['club']?.waiting).toEqual([['#A0', null]]);
  });
});

describe('expiry', () => {
  test('points go one by one at their own instants, the oldest are spent first', () => {
    const member = new Member({ expiry: { kind: 'earned', after: 'P30D' } });
    member.order(0, 'A', 50).order(10, 'B', 50).hand(11, 'spend', 20);
    expect(member.life.person.wake_at).toBe(T0 + 30 * DAY);
    member.until(30);
    expect(member.has).toBe('50 to spend, 0 owed, 100 earned');
    member.until(40);
    expect(member.posted.slice(-2).map((said) => said.slice(0, 11))).toEqual(['expired 30:', 'expired 50:']);
  });

  test('spending at the very instant at which points expire is refused: they are gone', () => {
    const member = new Member({ expiry: { kind: 'earned', after: 'P30D' } }).order(0, 'A', 50);
    const command = { programme: 'club', do: 'spend', points: 1, key: 'x', reason: 'r' } as const;
    const { standing } = member.life.person;
    expect(refusalOf(member.program, standing, command, T0 + 30 * DAY - 1)).toBeNull();
    expect(refusalOf(member.program, standing, command, T0 + 30 * DAY)).toEqual({
      kind: 'not_enough',
      has: 0,
    });
    member.hand(30, 'spend', 1);
    expect(member.has).toBe('0 to spend, 0 owed, 50 earned');
  });

  test('earning and spending put off what goes by inactivity; a refund does not', () => {
    const member = new Member({ expiry: { kind: 'inactivity', after: 'P30D' } });
    member.order(0, 'A', 50).hand(20, 'spend', 10).refund(25, 'A', 10);
    expect(member.until(50 - 1e-6).has).toBe('30 to spend, 0 owed, 40 earned');
    expect(member.until(50).has).toBe('0 to spend, 0 owed, 40 earned');
  });
});

describe('by hand', () => {
  test('a key counts once, more than there is is refused, and what was refused leaves no trace', () => {
    const member = new Member().hand(1, 'award', 30, 'k').hand(2, 'award', 30, 'k').hand(3, 'spend', 31);
    expect(member.posted).toEqual(['awarded 30: issued → balance (command:k)']);
  });
});

describe('tiers', () => {
  test('a tier is reached at once, left when its window has passed, and kept as long as is promised', () => {
    const tier = (member: Member, day: number): string | undefined =>
      member.until(day).life.person.standing.tiers?.['club']?.tier;
    const gone = new Member().order(0, 'A', 250);
    const kept = new Member({ keep_tier_for: 'P400D' }).order(0, 'A', 250);
    expect([tier(gone, 1), tier(kept, 1)]).toEqual(['gold', 'gold']);
    expect([tier(gone, 366), tier(kept, 366)]).toEqual([undefined, 'gold']);
    expect(tier(kept, 400)).toBeUndefined();
  });

  test('a refund that takes the spend back ends the tier', () => {
    const member = new Member().order(0, 'A', 250).refund(1, 'A');
    expect(member.life.person.standing.tiers).toEqual({});
  });

  test('a segment of those in gold is joined in the same step and starts a journey', () => {
    const segments = [
      { key: 'golden', name: 'Golden', rule: { kind: 'tier', programme: 'club', tier: 'gold' } as const },
    ];
    const member = new Member({}, { segments }).order(0, 'A', 250);
    expect(member.life.person.standing.segments).toEqual({ golden: T0 });
  });

  test('a programme that is put away ends its tiers and keeps the points', () => {
    const member = new Member().order(0, 'A', 250);
    const without = compile(baseDefinition({ version: 2, changed_at: T0 + DAY, programmes: [] }));
    take(without, member.life, { kind: 'definition' }, T0 + DAY);
    expect(member.life.person.standing.tiers).toEqual({});
    expect(member.has).toBe('250 to spend, 0 owed, 250 earned');
  });
});

describe('two who are one', () => {
  test('an order that both were credited with counts once, and a debt is settled from the balance of the other', () => {
    const [a, b] = [new Member(), new Member()];
    a.order(0, 'A', 100).hand(1, 'spend', 100).refund(2, 'A');
    b.order(0, 'B', 30).order(3, 'C', 100);
    a.order(3, 'C', 100);
    expect([a.has, b.has]).toEqual(['0 to spend, 0 owed, 100 earned', '130 to spend, 0 owed, 130 earned']);
    const merged = mergePeople(
      a.program,
      a.life.person,
      { ...b.life.person, id: 'p2' },
      {
        now: T0 + 5 * DAY,
        cause: { kind: 'merge', id: 'm' },
        loserBucket: 1,
        history: [...a.life.stored, ...b.life.stored],
      },
    );
    expect(merged.kind).toBe('stepped');
    if (merged.kind !== 'stepped') return;
    expect(postings(merged.decisions)).toEqual(['reversed 100: balance → issued (order:#C)']);
    expect(merged.person.standing.points?.['club']).toMatchObject({ balance: 30, debt: 0, earned: 130 });
  });

  test('a refund that came to the one and its order to the other find each other', () => {
    const [a, b] = [new Member().refund(0, 'A', 40), new Member().order(0, 'A', 100)];
    const merged = mergePeople(a.program, a.life.person, b.life.person, {
      now: T0 + DAY,
      cause: { kind: 'merge', id: 'm' },
      loserBucket: 1,
      history: [...a.life.stored, ...b.life.stored],
    });
    expect(merged.kind === 'stepped' && postings(merged.decisions)).toEqual([
      'reversed 40: balance → issued (order:#A)',
    ]);
  });
});

describe('imports', () => {
  const order = (id: string, day: number, total: number): EventFact => ({
    id,
    at: T0 + day * DAY,
    type: 'track',
    name: 'Order Completed',
    trust: 'import',
    properties: { order_id: id, total },
    traits: {},
    identities: [],
  });

  test('history from before the programme gives a tier and no points; what is imported again is not earned twice', () => {
    const program = compile(baseDefinition({ programmes: [CLUB] }));
    const options = { asOf: T0 + 9 * DAY, now: T0 + 9 * DAY, importId: 'i', consents: [] };
    const first = establish(
      program,
      newPerson(program, 'p1', T0),
      [order('A', -30, 300), order('B', 2, 40)],
      options,
    );
    if (first.kind !== 'stepped') throw new Error(first.kind);
    expect(first.person.standing.points?.['club']).toMatchObject({ balance: 60 });
    expect(first.person.standing.tiers?.['club']?.tier).toBe('gold');
    const again = establish(
      program,
      first.person,
      [order('A', -30, 300), order('B', 2, 40), order('C', 3, 10)],
      options,
    );
    if (again.kind !== 'stepped') throw new Error(again.kind);
    expect(again.person.standing.points?.['club']).toMatchObject({ balance: 75 });
    expect(sum([...first.decisions, ...again.decisions])).toBe(75);
  });

  function sum(decisions: readonly Decision[]): number {
    return decisions.reduce((n, d) => {
      if (d.kind !== 'points_posted') return n;
      return n + (d.to === 'balance' ? d.points : 0) - (d.from === 'balance' ? d.points : 0);
    }, 0);
  }
});
