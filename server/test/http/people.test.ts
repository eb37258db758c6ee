import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let agent: Caller;
let sally: string;
const now = Date.parse('2026-06-01T12:00:00.000Z');

beforeAll(async () => {
  world = await createApiWorld({ now });
  agent = await world.signIn('agent');
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), {
      first_name: 'Sally',
      last_name: 'Moon',
      city: 'Bristol',
    }),
    ...[80, 57, 34, 11].map((days) => order('sally@example.com', daysBefore(now, days))),
  ]);
  for (let n = 0; n < 7; n += 1) {
    await world.person([identify(`p${n}@example.com`, daysBefore(now, 20 - n), { name: `Person ${n}` })]);
  }
});
afterAll(() => world.close());

test('a person says where they stand, why, and when silence will change it', async () => {
  const response = await world.call(agent, 'GET', `/api/people/per_${sally}`);
  expect(response.statusCode, response.body).toBe(200);
  const person = response.json();
  expect(person).toMatchObject({
    id: `per_${sally}`,
    name: 'Sally Moon',
    customer: true,
    orders: 4,
    as_of: null,
  });
  expect(person.identities).toEqual([expect.objectContaining({ kind: 'email', value: 'sally@example.com' })]);
  expect(person.traits).toContainEqual(
    expect.objectContaining({ key: 'city', value: 'Bristol', from_browser: false }),
  );
  const [stage] = person.stages;
  expect(stage).toMatchObject({ model: 'default', stage: 'continuation', is_default: true });
  expect(stage.why.holds).toBe(true);
  expect(stage.next).toMatchObject({ stage: 'deterioration' });
  expect(stage.until).toBe(stage.next.at);
  // Every 23 days; two gaps after the last order she is unusually quiet.
  expect(person.quiet).toMatchObject({
    now: false,
    gap_days: 23,
    gap_is_own: true,
    silent_days: 11,
    from: stage.until,
  });
  expect(Date.parse(stage.until) - now).toBeGreaterThan(30 * 86_400_000);
  expect(person.segments.map(({ key }: { key: string }) => key)).toContain('known');
});

test('what was foreseen comes true', async () => {
  const id = await world.person([
    ...[70, 50, 30, 10].map((days) => order('tom@example.com', daysBefore(now, days))),
  ]);
  const before = (await world.call(agent, 'GET', `/api/people/${id}`)).json();
  const { until, next } = before.stages[0];
  world.clock.now = Date.parse(until);
  await world.step(id, { kind: 'time' });
  const after = (await world.call(agent, 'GET', `/api/people/${id}`)).json();
  expect(after.stages[0]).toMatchObject({ stage: next.stage, since: until });
  expect(after.quiet.now).toBe(true);
  const overview = (await world.call(agent, 'GET', '/api/overview')).json();
  expect(overview.quiet.count).toBe(1);
  expect(overview.quiet.items[0]).toMatchObject({ id: `per_${id}`, gap_days: 20 });
  expect(overview.quiet.items[0].reason).toMatch(/usually orders every 20 days\. It has been \d+\.$/);
  world.clock.now = now;
});

test('people are found by the beginning of address, name and id, in any case', async () => {
  const find = async (search: string): Promise<string[]> =>
    (await world.call(agent, 'GET', `/api/people?search=${encodeURIComponent(search)}`))
      .json()
      .items.map(({ id }: { id: string }) => id);
  expect(await find('SALLY')).toEqual([`per_${sally}`]);
  expect(await find('sally@')).toEqual([`per_${sally}`]);
  expect(await find(`per_${sally}`)).toEqual([`per_${sally}`]);
  expect(await find('person ')).toHaveLength(7);
  expect(await find('%')).toEqual([]);
  // A sign is no letter: `ally` is one letter away from her.
  expect(await find('_ally')).toEqual([`per_${sally}`]);
  expect(await find("'; drop table people; --")).toEqual([]);
});

test('pages follow each other without gaps or repeats, in every list', async () => {
  for (const filter of [
    '',
    'search=p',
    'segment=known',
    'stage=default:acquaintance',
    'stage=default:acquaintance&segment=known&search=p',
  ]) {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const url: string = `/api/people?limit=3&${filter}&cursor=${cursor}`;
      const page = (await world.call(agent, 'GET', url)).json();
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next_cursor;
    }
    const all = (await world.call(agent, 'GET', `/api/people?limit=200&${filter}`)).json().items;
    expect(seen, filter).toEqual(all.map(({ id }: { id: string }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(3);
  }
});

test('of a segment it is told since when each is in it', async () => {
  const { items } = (await world.call(agent, 'GET', '/api/people?segment=known&limit=200')).json();
  const { rows } = await world.pool.query(
    `select person_id, since from memberships where kind = 'segment' and "of" = 'known'`,
  );
  const since = new Map(rows.map((row) => [`per_${row.person_id}`, row.since.toISOString()]));
  expect(items.length).toBe(since.size);
  for (const item of items) expect(item.since).toBe(since.get(item.id));
  expect((await world.call(agent, 'GET', '/api/people')).json().items[0]).not.toHaveProperty('since');
});

test('the timeline holds every event and decision once, newest first', async () => {
  const seen: { kind: string; id: string; at: string; sentence?: string }[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const response = await world.call(
      agent,
      'GET',
      `/api/people/per_${sally}/timeline?limit=4&cursor=${cursor}`,
    );
    expect(response.statusCode, response.body).toBe(200);
    seen.push(...response.json().items);
    cursor = response.json().next_cursor;
  }
  const { rows } = await world.pool.query<{ events: number; decisions: number }>(
    `select (select count(*)::int from events where person_id = $1) as events,
            (select count(*)::int from decisions where person_id = $1) as decisions`,
    [sally],
  );
  expect(seen.filter(({ kind }) => kind === 'event')).toHaveLength(rows[0]?.events ?? 0);
  expect(seen.filter(({ kind }) => kind === 'decision')).toHaveLength(rows[0]?.decisions ?? 0);
  expect(new Set(seen.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(seen.length);
  expect(seen.map(({ at }) => at)).toEqual(
    seen
      .map(({ at }) => at)
      .sort()
      .reverse(),
  );
  const sentences = seen.map(({ sentence }) => sentence);
  expect(sentences).toContain('Moved from Build-up to Continuation (Relationship).');
});

test('a consent is written down with who said so, and only for topics that exist', async () => {
  const changes = [{ channel: 'email', topic: 'offers', status: 'given', basis: 'phone call' }];
  const given = await world.call(agent, 'PUT', `/api/people/${sally}/consents`, { changes });
  expect(given.statusCode, given.body).toBe(200);
  expect(given.json().consents).toEqual([
    expect.objectContaining({
      channel: 'email',
      topic: 'offers',
      status: 'given',
      basis: 'phone call',
      source: 'The agent',
    }),
  ]);
  const wrong = {
    changes: [
      { channel: 'email', topic: 'nonsense', status: 'given' },
      { channel: 'e mail', topic: '*', status: 'maybe' },
    ],
  };
  const refused = await world.call(agent, 'PUT', `/api/people/${sally}/consents`, wrong);
  expect(refused.statusCode).toBe(400);
  const unknown = { changes: [{ channel: 'email', topic: 'nonsense', status: 'given' }] };
  const topic = await world.call(agent, 'PUT', `/api/people/${sally}/consents`, unknown);
  expect(topic.json()).toMatchObject({ status: 400, errors: [{ path: '/changes/0/topic' }] });
  const audit = await world.pool.query(
    `select 1 from audit_log where action = 'person.consents' and subject = $1`,
    [`per_${sally}`],
  );
  expect(audit.rowCount).toBe(1);
});

test('a merged person is found under both ids', async () => {
  const old = await world.person([identify('old@example.com', daysBefore(now, 5), { name: 'Old' })]);
  await world.pool.query(
    `update people p set merged_bucket = s.bucket, merged_into = s.id from people s where p.id = $1 and s.id = $2`,
    [old, sally],
  );
  await world.pool.query('delete from memberships where person_id = $1', [old]);
  expect((await world.call(agent, 'GET', `/api/people/per_${old}`)).json().id).toBe(`per_${sally}`);
  const listed = (await world.call(agent, 'GET', '/api/people?limit=200')).json().items;
  expect(listed.map(({ id }: { id: string }) => id)).not.toContain(`per_${old}`);
});

test('someone imported as of an earlier day is brought to today silently', async () => {
  const id = await world.person([order('frozen@example.com', daysBefore(now, 200))]);
  const { rows } = await world.pool.query<{ state: string }>('select state from people where id = $1', [id]);
  const frozen = { ...JSON.parse(rows[0]?.state ?? ''), frozen_at: daysBefore(now, 100), wake_at: null };
  await world.pool.query('update people set state = $2, wake_at = null where id = $1', [
    id,
    JSON.stringify(frozen),
  ]);
  expect((await world.call(agent, 'GET', `/api/people/${id}`)).json().as_of).toBe(
    new Date(daysBefore(now, 100)).toISOString(),
  );
  const thawed = await world.call(agent, 'POST', `/api/people/${id}/thaw`);
  expect(thawed.statusCode, thawed.body).toBe(200);
  expect(thawed.json().as_of).toBeNull();
});

test('what does not exist is 404, whatever it looks like', async () => {
  for (const id of [
    'per_00000000-0000-7000-8000-000000000000',
    'nobody',
    'per_',
    '..%2f..',
    'msg_1',
    "'",
    '%00',
  ]) {
    const response = await world.call(agent, 'GET', `/api/people/${id}`);
    expect(response.statusCode, id).toBe(404);
    expect(response.json().code).toBe('not_found');
  }
  expect((await world.call(agent, 'GET', '/api/people?cursor=nonsense')).json().code).toBe('invalid_cursor');
  expect((await world.call(agent, 'GET', '/api/people?limit=0')).statusCode).toBe(400);
  expect((await world.call(agent, 'GET', '/api/people?stage=default')).statusCode).toBe(400);
});

test('whom the first page calls unusually quiet are listed by the rule it gives, without those who are gone', async () => {
  await world.person([950, 900, 850].map((days) => order('lost@example.com', daysBefore(now, days))));
  await world.person([120, 100, 80].map((days) => order('still@example.com', daysBefore(now, days))));
  const { quiet } = (await world.call(agent, 'GET', '/api/overview')).json();
  const listed = await world.call(agent, 'POST', '/api/people/matching', { rule: quiet.rule });
  expect(listed.json().matched).toBe(quiet.count);
  const emails = listed.json().items.map(({ email }: { email: string }) => email);
  expect(emails).toContain('still@example.com');
  expect(emails).not.toContain('lost@example.com');
  const segment = (await world.call(agent, 'GET', '/api/segments/quiet/people')).json();
  expect(segment.items.map(({ email }: { email: string }) => email)).toContain('lost@example.com');
});

test('the first page adds up', async () => {
  const overview = (await world.call(agent, 'GET', '/api/overview')).json();
  const { rows } = await world.pool.query<{ people: number }>(
    'select count(*)::int as people from people where merged_into is null',
  );
  expect(overview.people).toBe(rows[0]?.people);
  const stages: { people: number; share: number }[] = overview.models[0].stages;
  expect(stages.reduce((sum, { people }) => sum + people, 0)).toBe(overview.people);
  expect(stages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 1);
  expect(overview.title).toMatch(/^\d+ customers, /);
  expect(overview.checklist.map(({ key }: { key: string }) => key)).toContain('journey_on');
});
