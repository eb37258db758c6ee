// Who is who: links, merges and refusals through the doors, and the law that arrival order never changes which identities
// belong together, against a union-find.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertIdentities } from '../../src/postgres/identities.ts';
import { samplePersonKey } from '../../src/postgres/sample-ids.ts';
import { createIngestWorld } from '../support/ingest-world.ts';
import type { IngestWorld } from '../support/ingest-world.ts';

let world: IngestWorld;
beforeAll(async () => {
  world = await createIngestWorld();
});
afterAll(() => world.close());

const tables =
  'people, identities, events, decisions, seen, profiles, memberships, messages, aliases, quarantine, parked';
beforeEach(async () => {
  await world.pool.query(`truncate ${tables}`);
});

const personOf = async (kind: string, value: string): Promise<string | undefined> =>
  (
    await world.rows<{ person_id: string }>(
      'select person_id from identities where kind = $1 and value = $2',
      [kind, value],
    )
  )[0]?.person_id;
const alive = async (): Promise<number> =>
  (await world.rows('select 1 from people where merged_into is null')).length;
const codes = async (): Promise<readonly string[]> =>
  (await world.rows<{ code: string }>('select code from quarantine order by code')).map((row) => row.code);

describe('linking', () => {
  it('what a visitor did before signing in belongs to the user', async () => {
    await world.batch([{ type: 'page', anonymousId: 'a1', messageId: '1' }]);
    await world.batch([{ type: 'identify', anonymousId: 'a1', userId: 'u1', messageId: '2' }]);
    expect(await alive()).toBe(1);
    expect(await personOf('anonymous_id', 'a1')).toBe(await personOf('user_id', 'u1'));
  });

  it('nobody real becomes one with somebody of the sample store, whoever says so', async () => {
    const key = samplePersonKey(world.workspaceId, 1, 7);
    const { version } = await world.programs.get(world.workspaceId);
    await world.pool.query(
      `insert into people (bucket, workspace_id, id, created_at, state, program_version) values ($1, $2, $3, now(), '{}', $4)`,
      [key.bucket, world.workspaceId, key.id, version],
    );
    const identity = {
      kind: 'user_id',
      value: 'sample-00007',
      personId: key.id,
      browser: false,
      userId: null,
    };
    await insertIdentities(world.pool, world.workspaceId, [identity], Date.now());
    await world.batch([
      { type: 'identify', userId: 'u1', messageId: '1', traits: { email: 'ana@example.com' } },
    ]);
    await world.batch([{ type: 'alias', userId: 'u1', previousId: 'sample-00007', messageId: '2' }]);
    await world.batch([
      { type: 'identify', userId: 'sample-00007', messageId: '3', traits: { email: 'ana@example.com' } },
    ]);
    expect(await alive()).toBe(2);
    expect(await personOf('user_id', 'sample-00007')).toBe(key.id);
    expect(await personOf('email', 'ana@example.com')).not.toBe(key.id);
    expect(await codes()).toEqual(['sample_person', 'sample_person']);
  });

  it('the earlier made of two survives; the other leads to them, with history, and is gone from lists', async () => {
    await world.batch([
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        messageId: '1',
        properties: { order_id: 'o1', total: 10 },
      },
    ]);
    const first = await personOf('user_id', 'u1');
    await world.batch([
      {
        type: 'track',
        event: 'Order Completed',
        anonymousId: 'a1',
        messageId: '2',
        timestamp: '2026-01-05',
        properties: { order_id: 'o2', total: 10 },
      },
    ]);
    await world.batch([{ type: 'identify', userId: 'u1', anonymousId: 'a1', messageId: '3' }]);
    expect(await personOf('anonymous_id', 'a1')).toBe(first);
    expect(await alive()).toBe(1);
    const [survivor] = await world.rows<{ state: string }>('select state from people where id = $1', [first]);
    const state = JSON.parse(survivor?.state ?? '{}') as {
      aliases: unknown[];
      memory: { events: number; slots: { orders: { net: { days: number } } } };
    };
    expect(state.aliases).toHaveLength(1);
    expect(state.memory.events).toBe(3);
    expect(state.memory.slots.orders.net.days).toBe(2);
    expect(await world.rows('select orders from profiles')).toEqual([{ orders: 2 }]);
    expect(await world.rows("select 1 from memberships where kind = 'stage'")).toHaveLength(1);
    expect(await world.rows("select 1 from decisions where kind = 'merged'")).toHaveLength(1);
    expect(
      await world.rows('select 1 from people where merged_into is not null and wake_at is null'),
    ).toHaveLength(1);
  });

  it('a retry counts once also after its person was merged into another', async () => {
    await world.batch([{ type: 'identify', userId: 'u1', messageId: '1' }]);
    const visit = { type: 'track', event: 'Visited', anonymousId: 'a1', messageId: 'visit' };
    await world.batch([visit]);
    await world.batch([{ type: 'identify', userId: 'u1', anonymousId: 'a1', messageId: '2' }]);
    expect((await world.batch([visit])).body.rejected).toEqual([]);
    expect(await world.rows("select 1 from events where message_id = 'visit'")).toHaveLength(1);
    expect((await world.batch([{ ...visit, event: 'Other' }])).body.rejected).toMatchObject([
      { code: 'message_id_reused' },
    ]);
  });

  it('alias finds the earlier id whether it was anonymous or a user, and whichever comes first', async () => {
    await world.batch([{ type: 'alias', userId: 'new', previousId: 'old', messageId: '1' }]);
    await world.batch([{ type: 'track', event: 'X', userId: 'old', messageId: '2' }]);
    await world.batch([{ type: 'track', event: 'X', anonymousId: 'anon', messageId: '3' }]);
    await world.batch([{ type: 'alias', userId: 'old', previousId: 'anon', messageId: '4' }]);
    expect(await alive()).toBe(1);
  });

  it('a browser may give its user another id, as Segment clients do', async () => {
    const options = { key: world.browserKey };
    await world.batch([{ type: 'identify', userId: 'u1', anonymousId: 'a1', messageId: '1' }], options);
    await world.batch(
      [{ type: 'alias', userId: 'u2', previousId: 'u1', anonymousId: 'a1', messageId: '2' }],
      options,
    );
    await world.batch([{ type: 'track', event: 'X', userId: 'u2', messageId: '3' }], options);
    expect(await alive()).toBe(1);
    expect(await codes()).toEqual([]);
  });

  it('chains of merges are collapsed', async () => {
    for (const id of ['a', 'b', 'c', 'd'])
      await world.batch([{ type: 'track', event: 'X', userId: id, messageId: id }]);
    await world.batch([{ type: 'alias', userId: 'c', previousId: 'd', messageId: 'cd' }]);
    await world.batch([{ type: 'alias', userId: 'b', previousId: 'c', messageId: 'bc' }]);
    await world.batch([{ type: 'alias', userId: 'a', previousId: 'b', messageId: 'ab' }]);
    const first = await personOf('user_id', 'a');
    expect(await world.rows('select distinct survivor_id from aliases')).toEqual([{ survivor_id: first }]);
    expect(await world.rows('select distinct merged_into from people where merged_into is not null')).toEqual(
      [{ merged_into: first }],
    );
  });

  it('the stricter consent wins a merge', async () => {
    const consent = (event: string, userId: string) => ({
      type: 'track',
      event,
      userId,
      messageId: `${event} ${userId}`,
      properties: { channel: 'email', topic: 'offers' },
    });
    await world.batch([consent('Consent Given', 'u1'), consent('Consent Withdrawn', 'u2')]);
    await world.batch([{ type: 'alias', userId: 'u1', previousId: 'u2', messageId: 'm' }]);
    const [row] = await world.rows<{ state: string }>('select state from people where merged_into is null');
    const state = JSON.parse(row?.state ?? '{}') as {
      standing: { consents: Record<string, { status: string }> };
    };
    expect(state.standing.consents['email/offers']?.status).toBe('withdrawn');
  });
});

describe('refused links', () => {
  it('a device that a second user signs in on is not made one person, and the reason is shown once', async () => {
    await world.batch([{ type: 'identify', userId: 'u1', anonymousId: 'ipad', messageId: '1' }]);
    const { body } = await world.batch([
      { type: 'identify', userId: 'u2', anonymousId: 'ipad', messageId: '2' },
      { type: 'track', event: 'X', userId: 'u2', anonymousId: 'ipad', messageId: '3' },
    ]);
    expect(body.rejected).toEqual([]);
    expect(await alive()).toBe(2);
    expect(await personOf('anonymous_id', 'ipad')).toBe(await personOf('user_id', 'u1'));
    expect(await codes()).toEqual(['shared_device']);
    const events = await world.rows('select 1 from events where person_id = $1', [
      await personOf('user_id', 'u2'),
    ]);
    expect(events).toHaveLength(2);
  });

  it('an alias of oneself links nothing and the event stands', async () => {
    await world.batch([{ type: 'alias', userId: 'u1', previousId: 'u1', anonymousId: 'a', messageId: '1' }]);
    expect(await alive()).toBe(1);
    expect(await codes()).toEqual(['self_alias']);
  });

  it.each(['null', 'undefined', '0', '[object Object]', ' NaN ', '{{user.id}}'])(
    '%s names nobody',
    async (placeholder) => {
      await world.batch([
        { type: 'track', event: 'X', userId: placeholder, anonymousId: 'a1', messageId: '1' },
        { type: 'track', event: 'X', userId: placeholder, anonymousId: 'a2', messageId: '2' },
      ]);
      expect(await alive()).toBe(2);
      expect(await codes()).toEqual(['placeholder_id']);
    },
  );

  it('an address that everybody sends joins 65 people, not hundreds', async () => {
    const users = Array.from({ length: 80 }, (_, i) => ({
      type: 'track',
      event: 'X',
      userId: `u${i}`,
      messageId: `x${i}`,
    }));
    await world.batch(users);
    for (let i = 0; i < 80; i += 1) {
      await world.batch([
        { type: 'identify', userId: `u${i}`, messageId: `i${i}`, traits: { email: 'shop@example.test' } },
      ]);
    }
    expect(await alive()).toBe(80 - 64);
    expect(await codes()).toContain('too_many_merges');
  });

  it('a browser does not make one of two known users', async () => {
    await world.batch([
      { type: 'identify', userId: 'u1', messageId: '1', traits: { email: 'one@example.test' } },
      { type: 'identify', userId: 'u2', messageId: '2', traits: { email: 'two@example.test' } },
    ]);
    await world.batch(
      [{ type: 'identify', userId: 'u1', messageId: '3', traits: { email: 'two@example.test' } }],
      { key: world.browserKey },
    );
    expect(await alive()).toBe(2);
    expect(await codes()).toEqual(['browser_merge']);
  });

  it('in strict mode a browser links to nobody known without a token', async () => {
    await world.pool.query(
      `update workspaces set settings = settings || '{"strict_linking": true}', program_version = program_version + 1`,
    );
    await world.programs.reload(world.workspaceId);
    await world.batch([{ type: 'identify', userId: 'u1', messageId: '1' }]);
    await world.batch([{ type: 'identify', userId: 'u1', anonymousId: 'a1', messageId: '2' }], {
      key: world.browserKey,
    });
    const { body } = await world.batch([{ type: 'identify', userId: 'u1', messageId: '3' }], {
      key: world.browserKey,
    });
    expect(body.rejected).toMatchObject([{ code: 'token_needed' }]);
    expect(await alive()).toBe(2);
    await world.pool.query(
      `update workspaces set settings = settings - 'strict_linking', program_version = program_version + 1`,
    );
    await world.programs.reload(world.workspaceId);
  });
});

describe('arrival order', () => {
  type Said = readonly (readonly [string, string])[];
  const user = fc.integer({ min: 0, max: 5 }).map((n) => `u${n}`);
  const email = fc.integer({ min: 0, max: 3 }).map((n) => `e${n}@example.test`);
  /** Each anonymous id is used by one user only: what two users claim is a shared device, which the first keeps. */
  const owned = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1 }))
    .map(([n, i]) => ({ user: `u${n}`, anonymous: `a${n}-${i}` }));
  const said = fc.oneof(
    fc.tuple(user, email).map(([u, e]) => ({ type: 'identify', userId: u, traits: { email: e } })),
    owned.map(({ user: u, anonymous }) => ({ type: 'identify', userId: u, anonymousId: anonymous })),
    owned.map(({ anonymous }) => ({ type: 'track', event: 'X', anonymousId: anonymous })),
    fc
      .tuple(owned, email)
      .map(([{ anonymous }, e]) => ({ type: 'identify', anonymousId: anonymous, traits: { email: e } })),
    fc
      .tuple(user, user)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ({ type: 'alias', userId: a, previousId: b })),
    user.map((u) => ({ type: 'track', event: 'X', userId: u })),
  );
  type Event = {
    readonly userId?: string;
    readonly anonymousId?: string;
    readonly previousId?: string;
    readonly traits?: { readonly email: string };
  };

  function identitiesIn(event: Event): Said {
    return [
      ...(event.userId === undefined ? [] : [['user_id', event.userId] as const]),
      ...(event.anonymousId === undefined ? [] : [['anonymous_id', event.anonymousId] as const]),
      ...(event.previousId === undefined ? [] : [['user_id', event.previousId] as const]),
      ...(event.traits === undefined ? [] : [['email', event.traits.email] as const]),
    ];
  }

  /** The oracle: what was said together belongs together. */
  function unionFind(events: readonly Event[]): string {
    const parent = new Map<string, string>();
    const find = (key: string): string => {
      const up = parent.get(key) ?? key;
      return up === key ? key : find(up);
    };
    for (const event of events) {
      const [first, ...others] = identitiesIn(event).map(([kind, value]) => `${kind}:${value}`);
      if (first === undefined) continue;
      parent.set(first, find(first));
      for (const other of others) parent.set(find(other), find(first));
    }
    return partition(
      [...new Set(events.flatMap(identitiesIn).map(([kind, value]) => `${kind}:${value}`))].map((key) => [
        key,
        find(key),
      ]),
    );
  }

  function partition(pairs: readonly (readonly [string, string])[]): string {
    const groups = Map.groupBy(pairs, ([, group]) => group);
    return [...groups.values()]
      .map((group) =>
        group
          .map(([key]) => key)
          .sort()
          .join(' '),
      )
      .sort()
      .join('\n');
  }

  async function stored(mentioned: ReadonlySet<string>): Promise<string> {
    const rows = await world.rows<{ key: string; person_id: string }>(
      "select kind || ':' || value as key, person_id from identities",
    );
    return partition(
      rows.filter((row) => mentioned.has(row.key)).map((row) => [row.key, row.person_id] as const),
    );
  }

  it('never changes which identities belong together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(said, { minLength: 1, maxLength: 24 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 8 }),
        async (events, chance, size) => {
          await world.pool.query(`truncate ${tables}`);
          const shuffled = events
            .map((event) => ({ event, by: chance.next().value ?? 0 }))
            .sort((a, b) => a.by - b.by)
            .map(({ event }) => event);
          const numbered = shuffled.map((event, i) => ({ ...event, messageId: `m${i}` }));
          for (let i = 0; i < numbered.length; i += size) {
            const { body } = await world.batch(numbered.slice(i, i + size));
            expect(body).toEqual({ success: true, rejected: [] });
          }
          const mentioned = new Set(
            events.flatMap((event) => identitiesIn(event)).map(([kind, value]) => `${kind}:${value}`),
          );
          expect(await stored(mentioned)).toBe(unionFind(events));
          // Everybody who lives has a row, and every fact is counted once by someone who lives.
          const [facts] = await world.rows<{ n: number }>(
            `select coalesce(sum((state::jsonb -> 'memory' ->> 'events')::int), 0)::int as n from people where merged_into is null`,
          );
          expect(facts?.n).toBe(events.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('nor does it when batches race each other', async () => {
    for (let round = 0; round < 10; round += 1) {
      await world.pool.query(`truncate ${tables}`);
      const events = fc
        .sample(said, { numRuns: 40, seed: round })
        .map((event, i) => ({ ...event, messageId: `m${i}` }));
      await Promise.all(Array.from({ length: 8 }, (_, i) => world.batch(events.slice(i * 5, i * 5 + 5))));
      const mentioned = new Set(
        events.flatMap((event) => identitiesIn(event)).map(([kind, value]) => `${kind}:${value}`),
      );
      expect(await stored(mentioned)).toBe(unionFind(events));
    }
  });

  it('nor do retries that race each other count twice', async () => {
    const events = fc
      .sample(said, { numRuns: 30, seed: 7 })
      .map((event, i) => ({ ...event, messageId: `m${i}` }));
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.batch(events)));
    expect(answers.map((a) => a.body)).toEqual(answers.map(() => ({ success: true, rejected: [] })));
    const [facts] = await world.rows<{ n: number }>(
      `select sum((state::jsonb -> 'memory' ->> 'events')::int)::int as n from people where merged_into is null`,
    );
    expect(facts?.n).toBe(30);
    expect(await world.rows('select 1 from events')).toHaveLength(30);
  });
});
