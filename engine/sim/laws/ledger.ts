// G6: of points debits equal credits, balances are what was posted, a refund takes back its share of what its order earned,
// and what was spent by then is owed. An auditor of its own adds the postings up; it knows accounts and nothing else.
import fc from 'fast-check';
import { compile, mergePeople } from '../../src/index.ts';
import type { Decision, Definition, EventFact, Input, Person } from '../../src/index.ts';
import { begin, take } from '../../test/support/live.ts';
import type { Life } from '../../test/support/live.ts';
import { baseDefinition, START } from '../../test/support/worlds.ts';
import type { Law } from '../law.ts';
import { agree, check, Disagreement, isAtMost } from '../law.ts';

const HOUR = 3_600_000;
const RATES = [
  { key: 'base', points: 1, per: 100 },
  { key: 'extra', points: 3, per: 700 },
] as const;

/** One thing that happens, to the one or the other of two people who may turn out to be one. */
interface Deed {
  readonly kind: 'order' | 'refund' | 'award' | 'spend' | 'visit' | 'wait';
  readonly who: 0 | 1;
  readonly order: number;
  readonly cents: number | null;
  readonly hours: number;
}

interface World {
  readonly expiry: 'none' | 'inactivity' | 'earned';
  readonly deeds: readonly Deed[];
  readonly mergedAfter: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom('order', 'order', 'refund', 'refund', 'award', 'spend', 'spend', 'visit', 'wait'),
  who: fc.constantFrom(0 as const, 1 as const),
  order: fc.nat({ max: 5 }),
  cents: fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.constant(null)),
  hours: fc.nat({ max: 40 }),
});

const world: fc.Arbitrary<World> = fc.record({
  expiry: fc.constantFrom('none', 'inactivity', 'earned'),
  deeds: fc.array(deed, { minLength: 1, maxLength: 30, size: 'max' }),
  // Mostly never: of one person alone the shares are known exactly.
  mergedAfter: fc.oneof(fc.constant(99), fc.constant(99), fc.nat({ max: 30 })),
});

function definitionOf(expiry: World['expiry']): Definition {
  return baseDefinition({
    programmes: [
      {
        key: 'club',
        name: 'Club',
        unit: { one: 'point', many: 'points' },
        counts_from: '2026-01-01',
        earn: [
          // Per major unit: cents in the auditor's rates.
          { kind: 'spend', key: 'base', points: 1, per: 1, rounding: 'down' },
          { kind: 'spend', key: 'extra', points: 3, per: 7, rounding: 'down' },
          { kind: 'event', key: 'visit', event: 'Visit', points: 5, cap: { times: 2, per: 'day' } },
        ],
        ...(expiry === 'none' ? {} : { expiry: { kind: expiry, after: 'PT60H' } }),
        tiers: [],
      },
    ],
  });
}

function inputOf(deed: Deed, i: number, at: number): Input {
  const fact = (name: string, properties: EventFact['properties']): Input => ({
    kind: 'event',
    event: {
      id: `m${String(i).padStart(3, '0')}`,
      at,
      type: 'track',
      name,
      trust: 'server',
      properties,
      traits: {},
      identities: [['user_id', 'u']],
    },
  });
  const order_id = `o${deed.order}`;
  switch (deed.kind) {
    case 'order':
      return fact('Order Completed', { order_id, total_minor: totalOf(deed) });
    case 'refund':
      return fact('Order Refunded', {
        order_id,
        ...(deed.cents === null ? {} : { amount_minor: deed.cents }),
      });
    case 'visit':
      return fact('Visit', {});
    case 'award':
    case 'spend':
      return {
        kind: 'points',
        programme: 'club',
        do: deed.kind,
        points: 1 + ((deed.cents ?? 0) % 150),
        key: `k${i % 12}`,
        reason: 'by hand',
      };
    case 'wait':
      return { kind: 'time' };
  }
}

type Posted = Extract<Decision, { kind: 'points_posted' }>;

/** Adds up what was posted and says at once when an account is overdrawn. */
class Auditor {
  readonly accounts = { issued: 0, balance: 0, spent: 0, expired: 0, debt: 0 };
  readonly postings: Posted[] = [];

  take(decisions: readonly Decision[]): void {
    for (const d of decisions) {
      if (d.kind !== 'points_posted') continue;
      this.postings.push(d);
      if (!Number.isSafeInteger(d.points) || d.points <= 0)
        throw new Disagreement('a posting', 'whole points above 0', d);
      // Debt is what the person owes: an account of theirs below 0.
      this.accounts[d.from] -= d.points;
      this.accounts[d.to] += d.points;
      const { balance, spent, expired, debt } = this.accounts;
      if (balance < 0 || spent < 0 || expired < 0 || debt > 0)
        throw new Disagreement('no account is overdrawn', 'none', { after: d, accounts: this.accounts });
    }
    agree(
      'debits and credits',
      0,
      Object.values(this.accounts).reduce((a, b) => a + b, 0),
    );
    isAtMost('owed, of what was spent', this.accounts.spent, -this.accounts.debt);
  }

  isIn(person: Person): void {
    const { balance, spent, expired, debt } = person.standing.points?.['club'] ?? NOTHING;
    const { accounts } = this;
    agree(
      'the balance is what was posted',
      {
        balance: accounts.balance,
        spent: accounts.spent,
        expired: accounts.expired,
        debt: 0 - accounts.debt,
      },
      { balance, spent, expired, debt },
    );
    if (balance > 0 && debt > 0)
      throw new Disagreement('owed and to spend at once', 'one of the two', person);
  }
}

const NOTHING = { balance: 0, spent: 0, expired: 0, debt: 0 };

export const ledger: Law = {
  name: 'ledger',
  checks: [
    check('whatever happens, points add up, and refunds take back their share', world, audited, 2),
    check(
      'orders and refunds in any order of arrival leave the same points',
      fc.record({
        deeds: fc.array(
          deed.map((each): Deed => ({
            ...each,
            kind: each.kind === 'order' ? 'order' : 'refund',
            who: 0,
            hours: 0,
          })),
          { minLength: 2, maxLength: 12 },
        ),
        keys: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
      }),
      ({ deeds, keys }) => {
        const once = firstOfEachOrder(deeds).map((each, i) => inputOf(each, i, START));
        const other = once
          .map((input, i) => ({ input, key: keys[i]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ input }) => input);
        const [a, b] = [once, other].map((inputs) => lived(inputs).person.standing.points?.['club']);
        const said = (points: typeof a): unknown => [
          points?.balance ?? 0,
          points?.earned ?? 0,
          points?.debt ?? 0,
        ];
        agree('balance, earned and owed', said(a), said(b));
      },
    ),
  ],
};

function lived(inputs: readonly Input[]): Life {
  const program = compile(definitionOf('none'));
  const life = begin(program, 'p1', START);
  inputs.forEach((input, i) => take(program, life, input, START + i));
  return life;
}

/** Two orders of one id are one order told twice: the one heard of first earns, so the order of arrival matters there. */
function firstOfEachOrder(deeds: readonly Deed[]): readonly Deed[] {
  return deeds.filter(
    (each, i) =>
      each.kind !== 'order' || !deeds.slice(0, i).some((e) => e.kind === 'order' && e.order === each.order),
  );
}

function audited({ expiry, deeds, mergedAfter }: World): void {
  const program = compile(definitionOf(expiry));
  const lives = [begin(program, 'p1', START), begin(program, 'p2', START)] as const;
  const auditors = [new Auditor(), new Auditor()] as const;
  let isOne = false;
  let now = START;
  const keys = new Set<string>();
  deeds.forEach((each, i) => {
    now += each.hours * HOUR;
    if (i === mergedAfter) {
      mergeInto(program, lives, auditors, now);
      isOne = true;
    }
    const who = isOne ? 0 : each.who;
    const [life, auditor] = [lives[who], auditors[who]];
    const input = withAllThereIs(inputOf(each, i, now), each, life.person);
    const from = life.decisions.length;
    take(program, life, input, now);
    auditor.take(life.decisions.slice(from));
    auditor.isIn(life.person);
    if (input.kind !== 'points') return;
    const mine = life.decisions
      .slice(from)
      .filter((d) => d.kind === 'points_posted' && d.source.startsWith('command:'));
    if (mine.length > 0 && keys.has(`${who} ${input.key}`))
      throw new Disagreement('a key counts once', 'nothing', mine);
    if (mine.length > 0) keys.add(`${who} ${input.key}`);
  });
  auditors.forEach(({ postings }, who) => {
    const mine = isOne ? null : deeds.filter((each) => each.who === who);
    sharesAreExact(postings, mine);
  });
}

/** Everything is spent now and then: only then can a refund leave a debt. */
function withAllThereIs(input: Input, { cents }: Deed, { standing }: Person): Input {
  if (input.kind !== 'points' || input.do !== 'spend' || (cents ?? 0) % 2 === 1) return input;
  return { ...input, points: Math.max(1, standing.points?.['club']?.balance ?? 0) };
}

function mergeInto(
  program: ReturnType<typeof compile>,
  [a, b]: readonly [Life, Life],
  [mine, other]: readonly [Auditor, Auditor],
  now: number,
): void {
  const history = [...a.stored, ...b.stored];
  const cause = { kind: 'merge', id: 'm' } as const;
  const merged = mergePeople(program, a.person, b.person, { now, cause, loserBucket: 0, history });
  if (merged.kind !== 'stepped') throw new Error(merged.kind);
  a.person = merged.person;
  a.decisions.push(...merged.decisions);
  a.stored.push(...b.stored);
  for (const account of ['issued', 'balance', 'spent', 'expired', 'debt'] as const)
    mine.accounts[account] += other.accounts[account];
  mine.postings.push(...other.postings.splice(0));
  mine.take(merged.decisions);
  mine.isIn(a.person);
}

/**
 * Of every order: what it earned is what the rates say of its total, and what was taken back its part that was refunded.
 * Of two people who became one only that no more was taken back than was earned.
 */
function sharesAreExact(postings: readonly Posted[], deeds: readonly Deed[] | null): void {
  const orders = new Map<string, { earned: number; back: number }>();
  for (const d of postings) {
    if (d.order === undefined) continue;
    const known = orders.get(d.order.key) ?? { earned: 0, back: 0 };
    if (d.entry === 'earned') known.earned += d.points;
    else known.back += d.points;
    orders.set(d.order.key, known);
  }
  for (const [key, { earned, back }] of orders) {
    isAtMost(`taken back of ${key}`, earned, back);
    if (deeds === null) continue;
    const mine = deeds.filter((each) => `#o${each.order}` === key);
    const total = totalOf(mine.find((each) => each.kind === 'order')!);
    const refunded = mine
      .filter((each) => each.kind === 'refund')
      .reduce((sum, each) => Math.min(total, sum + (each.cents ?? total)), 0);
    const expected = worth(total);
    agree(`earned by ${key}`, expected, earned);
    agree(`taken back of ${key}`, Math.floor((2 * expected * refunded + total) / (2 * total)), back);
  }
}

function worth(cents: number): number {
  return RATES.reduce((sum, rate) => sum + Math.floor((cents * rate.points) / rate.per), 0);
}

/** Every order earns something: an order stands by the first telling of it that does. */
function totalOf({ cents }: Deed): number {
  return Math.max(cents ?? 1_000, 100);
}
