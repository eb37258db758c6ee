// A copy of all that is known of a person, and forgetting them for good: nothing of theirs is left in any table, and who was erased is
// not taken in again.
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedSecret } from '../../src/config.ts';
import { createCommitter } from '../../src/workers/committer.ts';
import { readEvent } from '../../src/http/ingest/read-event.ts';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const canary = 'zebra-canary';
const email = `${canary}@example.com`;
let world: ApiWorld;
let admin: Caller;
let agent: Caller;

beforeAll(async () => {
  world = await createApiWorld({ now });
  admin = await world.signIn('admin');
  agent = await world.signIn('agent');
});
afterAll(() => world.close());

async function somebody(address: string): Promise<string> {
  const id = await world.person([
    identify(address, daysBefore(now, 90), { name: `${canary} Moon`, tags: [canary] }),
    order(address, daysBefore(now, 80)),
  ]);
  await world.step(id, {
    kind: 'consent',
    changes: [{ channel: 'email', topic: 'offers', status: 'given', basis: 'opted_in', source: canary }],
  });
  await world.call(agent, 'POST', `/api/people/per_${id}/notes`, { text: `Said ${canary}.` });
  return id;
}

/** Every row of every table that holds this text. */
async function traces(text: string): Promise<string[]> {
  const { rows: tables } = await world.pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await world.pool.query(
      `select 1 from "${name}" t where position($1 in lower(t::text)) > 0`,
      [text],
    );
    if (rows.length > 0) found.push(name);
  }
  return found.toSorted();
}

const erase = (caller: Caller, id: string, confirm = 'erase') =>
  world.call(caller, 'POST', `/api/people/per_${id}/erase`, { confirm });

async function send(body: object): Promise<unknown> {
  const { deps, pool, workspaceId } = world;
  const committer = createCommitter({
    pool,
    programs: deps.programs,
    now: deps.now,
    newId: uuidv7,
    log: deps.log,
    erasureKey: derivedSecret(deps.config.secret, 'erasures'),
  });
  const read = readEvent(body, 0, {
    workspaceId,
    trust: 'server',
    receivedAt: deps.now(),
    sentAt: null,
    type: null,
    newId: uuidv7,
  });
  if (read.kind !== 'event') throw new Error('the event was not read');
  const submitted = await committer.submit({
    workspaceId,
    source: 'server',
    events: [read.event],
    refused: [],
  });
  return submitted.kind === 'committed' ? submitted.outcomes[0] : submitted;
}

test('a copy holds what was told, done, decided, agreed and noted, and is in the log', async () => {
  const id = await somebody(`copy-${email}`);
  const answer = await world.call(agent, 'GET', `/api/people/per_${id}/export`);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.headers['content-disposition']).toContain('attachment');
  const copy = answer.json();
  expect(copy.person).toMatchObject({ id: `per_${id}`, name: `${canary} Moon`, orders: 1 });
  expect(copy.addresses).toMatchObject([{ address: `copy-${email}` }]);
  const kinds = new Set(copy.timeline.map(({ kind }: { kind: string }) => kind));
  expect([...kinds].toSorted()).toEqual(['decision', 'event', 'note']);
  expect([copy.messages, copy.points]).toEqual([[], []]);
  const analyst = await world.signIn('analyst');
  expect((await world.call(analyst, 'GET', `/api/people/per_${id}/export`)).statusCode).toBe(403);
  const { rows } = await world.pool.query("select subject from audit_log where action = 'person.export'");
  expect(rows).toEqual([{ subject: `per_${id}` }]);
  await erase(admin, id);
});

test('erasing asks for its word, is not for everybody, and leaves no trace in any table', async () => {
  const id = await somebody(email);
  const other = await world.person([identify('somebody@example.com', daysBefore(now, 5), { name: 'Else' })]);
  await world.pool.query(
    `insert into quarantine (workspace_id, id, at, source, code, message, hint, body)
     values ($1, $2, $3, 'server', 'too_deep', 'm', 'h', $4), ($1, $5, $3, 'server', 'too_deep', 'm', 'h', '{}')`,
    [world.workspaceId, uuidv7(), new Date(now), JSON.stringify({ email }), uuidv7()],
  );
  await world.call(admin, 'POST', '/api/people-views', {
    name: 'Her',
    shared: true,
    view: { search: email },
  });
  expect(await traces(canary)).toContain('quarantine');
  expect((await erase(agent, id)).statusCode).toBe(403);
  expect((await erase(admin, id, 'yes')).statusCode).toBe(400);
  expect((await world.call(agent, 'GET', `/api/people/per_${id}`)).statusCode).toBe(200);

  const answer = await erase(admin, id);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json()).toMatchObject({
    erased: { events: 2, messages: 0, notes: 1 },
    kept: [
      expect.stringContaining('one address'),
      expect.stringContaining('one identity'),
      expect.stringContaining('log of changes'),
    ],
  });
  // What somebody sent with an Idempotency-Key is kept encrypted for a day; nothing else holds anything.
  expect(await traces(canary)).toEqual([]);
  expect(await traces(id)).toEqual(['audit_log']);
  expect((await world.call(agent, 'GET', `/api/people/per_${id}`)).statusCode).toBe(404);
  expect((await world.call(agent, 'GET', `/api/people/per_${other}`)).statusCode).toBe(200);
  const { rows } = await world.pool.query('select count(*)::int as n from quarantine');
  expect(rows).toEqual([{ n: 1 }]);
  const { rows: suppressed } = await world.pool.query(
    "select reason from suppressions where reason = 'erased' limit 1",
  );
  expect(suppressed).toEqual([{ reason: 'erased' }]);
});

test('an event that names somebody who was erased is refused, and nothing of it is kept', async () => {
  const outcome = await send({
    type: 'identify',
    messageId: 'again',
    userId: 'u-77',
    traits: { email: email.toUpperCase(), name: canary },
  });
  expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'erased_identity' } });
  expect(await traces(canary)).toEqual([]);
  const taken = await send({ type: 'identify', messageId: 'other', userId: 'u-77', traits: {} });
  expect(taken).toMatchObject({ kind: 'stored' });
});

test('nobody is erased while a letter to them is leaving', async () => {
  const id = await somebody(`leaving-${email}`);
  const at = new Date(now);
  const { rows } = await world.pool.query('select bucket from people where id = $1', [id]);
  await world.pool.query(
    `insert into messages (bucket, workspace_id, id, person_id, channel, topic, marketing, state, next_at, requested_at, due_at, expires_at)
     values ($1, $2, $3, $4, 'email', 'offers', true, 'handing', $5, $5, $5, $5)`,
    [rows[0].bucket, world.workspaceId, uuidv7(), id, at],
  );
  expect((await erase(admin, id)).statusCode).toBe(409);
  await world.pool.query("update messages set state = 'sent'");
  expect((await erase(admin, id)).json().erased.messages).toBe(1);
});
