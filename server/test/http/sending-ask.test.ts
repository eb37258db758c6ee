// "What would happen to this message for this person now": the same answers as the sender would get, and nothing changed by asking.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventFact } from '@rapport/engine';
import { createApiWorld, daysBefore, identify } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';

let world: ApiWorld;
let owner: Caller;
const now = Date.parse('2026-06-01T12:00:00.000Z');
beforeAll(async () => {
  world = await createApiWorld({ now });
  owner = await world.signIn('owner');
});
afterAll(() => world.close());

const ask = async (person: string, node = 'second_purchase') =>
  (
    await world.call(owner, 'POST', '/api/settings/sending/ask', {
      person: `per_${person}`,
      journey: 'welcome',
      node,
    })
  ).json();
const consent = (id: string, status: 'given' | 'withdrawn') =>
  world.step(id, {
    kind: 'consent',
    changes: [{ channel: 'email', topic: 'offers', status, basis: 'opted_in', source: 'test' }],
  });
let omar = 'omar@x.example';
const complaint = (email: string): EventFact => ({
  id: `complaint-${email}`,
  at: now,
  type: 'track',
  name: 'Complaint Opened',
  trust: 'server',
  properties: { complaint_id: 'c1' },
  traits: {},
  identities: [['email', email]],
});

/** One in five would be in the control group: asked before anything else, so others are made until one is not. */
async function treatedOmar(): Promise<string> {
  for (;;) {
    const id = await world.person([identify(omar, daysBefore(now, 90), { name: 'Omar Haddad' })]);
    const answer = await ask(id);
    if (answer.answer !== 'withheld') return id;
    expect(answer.text).toMatch(/^Omar is in the control group of this journey and gets nothing/);
    omar = `again-${omar}`;
  }
}

test('every question is answered, the first that says no decides, and the rest of the column stays readable', async () => {
  const id = await treatedOmar();
  const before = (await world.call(owner, 'GET', `/api/people/per_${id}`)).json();

  let answer = await ask(id);
  const questions = () => Object.fromEntries(answer.questions.map((q: { key: string }) => [q.key, q]));
  if (answer.answer === 'withheld')
    throw new Error('choose another person: this one is in the control group');
  expect(answer).toMatchObject({
    answer: 'drop',
    text: 'Not sent: Omar did not agree to this topic.',
    sending: { mode: 'mailbox' },
  });
  expect(answer.questions.map((q: { key: string }) => q.key)).toEqual([
    'ended',
    'address',
    'consent',
    'suppressed',
    'complaint',
    'shelf_life',
    'cap_day',
    'cap_week',
    'cap_channel',
    'quiet_hours',
  ]);
  expect(questions()['consent']).toMatchObject({ answer: 'drop', decides: true });
  expect(questions()['address']).toMatchObject({ answer: 'passes', text: `Yes: ${omar}.` });

  await consent(id, 'given');
  answer = await ask(id);
  expect(answer).toMatchObject({ answer: 'send', text: 'It would go to Omar now.', until: null });
  expect(questions()['cap_week'].text).toBe('No: 0 of 3 so far.');

  await world.step(id, { kind: 'event', event: complaint(omar) });
  answer = await ask(id);
  expect(answer).toMatchObject({
    answer: 'hold',
    text: 'Not sent: Omar has an open complaint. We look again when it is solved.',
  });
  expect(Date.parse(answer.until)).toBeGreaterThan(now);

  const after = (await world.call(owner, 'GET', `/api/people/per_${id}`)).json();
  expect(after.messages).toEqual(before.messages);
  expect(after.runs).toEqual([]);
});

test('what is not there is said: person, journey, message', async () => {
  const id = await world.person([identify('eve@x.example', now, {})]);
  const refuse = async (body: object) =>
    (await world.call(owner, 'POST', '/api/settings/sending/ask', body)).statusCode;
  expect(await refuse({ person: 'per_nobody', journey: 'welcome' })).toBe(404);
  expect(await refuse({ person: `per_${id}`, journey: 'nothing' })).toBe(404);
  expect(await refuse({ person: `per_${id}`, journey: 'welcome', node: 'sixty_days' })).toBe(400);
  expect(await refuse({ person: `per_${id}`, template: 'nothing' })).toBe(404);
  expect(await refuse({ person: `per_${id}`, template: 'welcome' })).toBe(200);
});
