// Notes about a person: written, shown on the timeline, changed by who wrote them, deleted and put back; no part of their state.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiWorld, daysBefore, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
let world: ApiWorld;
let agent: Caller;
let marketer: Caller;
let admin: Caller;
let sally: string;

beforeAll(async () => {
  world = await createApiWorld({ now });
  [agent, marketer, admin] = await Promise.all([
    world.signIn('agent'),
    world.signIn('marketer'),
    world.signIn('admin'),
  ]);
  sally = await world.person([
    identify('sally@example.com', daysBefore(now, 90), { name: 'Sally' }),
    order('sally@example.com', daysBefore(now, 80)),
  ]);
});
afterAll(() => world.close());

const notes = `/api/people/per_`;
const timeline = async (query = '') => {
  const { items, next_cursor } = (
    await world.call(agent, 'GET', `/api/people/per_${sally}/timeline?limit=50${query}`)
  ).json();
  return { items, next_cursor };
};
const texts = async () =>
  (await timeline('&show=notes')).items.map(({ text }: { readonly text: string }) => text);

test('a note stands on the timeline with who wrote it and when, and changes nothing about the person', async () => {
  const state = async () => (await world.pool.query('select state from people where id = $1', [sally])).rows;
  const before = await state();
  const written = await world.call(agent, 'POST', `${notes}${sally}/notes`, { text: '  Wants it by post. ' });
  expect(written.statusCode, written.body).toBe(201);
  expect(written.json()).toMatchObject({
    text: 'Wants it by post.',
    by: { name: 'The agent' },
    at: new Date(now).toISOString(),
    edited_at: null,
  });
  expect((await timeline()).items[0]).toMatchObject({ kind: 'note', text: 'Wants it by post.' });
  expect(await texts()).toEqual(['Wants it by post.']);
  expect(await state()).toEqual(before);
});

test('an event, a decision and notes of one instant are each on one page of many', async () => {
  world.clock.now = daysBefore(now, 80);
  for (const text of ['one', 'two', 'three'])
    await world.call(agent, 'POST', `${notes}${sally}/notes`, { text });
  world.clock.now = now;
  const whole = (await timeline()).items.map(keyOf);
  const walked: string[] = [];
  let cursor = '';
  do {
    const page = (
      await world.call(agent, 'GET', `/api/people/per_${sally}/timeline?limit=1&cursor=${cursor}`)
    ).json();
    walked.push(...page.items.map(keyOf));
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  expect(walked).toEqual(whole);
  expect(whole.filter((key: string) => key.startsWith('note'))).toHaveLength(4);
});

test('only who wrote it, an owner or an admin changes a note, and the log keeps no word of it', async () => {
  const { id } = (await world.call(agent, 'POST', `${notes}${sally}/notes`, { text: 'Rang twice.' })).json();
  const path = `${notes}${sally}/notes/${id}`;
  const strange = await world.call(marketer, 'PUT', path, { text: 'Rang once.' });
  expect(strange.statusCode).toBe(403);
  expect(strange.json()).toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('The agent') });
  const own = await world.call(agent, 'PUT', path, { text: 'Rang three times.' });
  expect(own.json()).toMatchObject({ text: 'Rang three times.', edited_at: new Date(now).toISOString() });
  expect((await world.call(admin, 'PUT', path, { text: 'Rang four times.' })).statusCode).toBe(200);
  const { rows } = await world.pool.query(
    `select action, detail::text from audit_log where action like 'person.note%'`,
  );
  expect(rows.map(({ action }) => action)).toContain('person.note_edit');
  expect(JSON.stringify(rows)).not.toContain('Rang');
});

test('a deleted note is put back with one call, and is gone for good after a day', async () => {
  const { id } = (
    await world.call(agent, 'POST', `${notes}${sally}/notes`, { text: 'Moves in May.' })
  ).json();
  const path = `${notes}${sally}/notes/${id}`;
  expect((await world.call(agent, 'DELETE', path)).statusCode).toBe(204);
  expect(await texts()).not.toContain('Moves in May.');
  expect((await world.call(agent, 'PUT', path, { text: 'x' })).statusCode).toBe(404);
  expect((await world.call(agent, 'POST', `${path}/restore`)).statusCode).toBe(200);
  expect(await texts()).toContain('Moves in May.');
  await world.call(agent, 'DELETE', path);
  const other = (await world.call(agent, 'POST', `${notes}${sally}/notes`, { text: 'Later.' })).json();
  world.clock.now = now + 86_400_001;
  await world.call(agent, 'DELETE', `${notes}${sally}/notes/${other.id}`);
  expect((await world.call(agent, 'POST', `${path}/restore`)).statusCode).toBe(404);
  world.clock.now = now;
});

test('a note of somebody else is not found under this person', async () => {
  const omar = await world.person([identify('omar@example.com', daysBefore(now, 9), {})]);
  const { id } = (await world.call(agent, 'POST', `${notes}${omar}/notes`, { text: 'Of Omar.' })).json();
  expect((await world.call(admin, 'PUT', `${notes}${sally}/notes/${id}`, { text: 'x' })).statusCode).toBe(
    404,
  );
  expect((await world.call(agent, 'POST', `${notes}${sally}/notes`, { text: '  ' })).statusCode).toBe(400);
});

function keyOf(item: { readonly kind: string; readonly id: string }): string {
  return `${item.kind}:${item.id}`;
}
