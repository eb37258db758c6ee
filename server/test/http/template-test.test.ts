// Sending a letter to oneself: where it goes in every mode, that it is marked, and that it can change nothing of a customer's.
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEmailChannel } from '../../src/channels/email.ts';
import type { EmailChannel } from '../../src/channels/email.ts';
import { derivedSecret } from '../../src/config.ts';
import { addressHash, insertSuppression } from '../../src/postgres/sending.ts';
import { createApiWorld, identify, order } from '../support/api-world.ts';
import type { ApiWorld, Caller } from '../support/api-world.ts';
import { startSmtpSink } from '../support/smtp-sink.ts';
import type { SmtpSink } from '../support/smtp-sink.ts';

let world: ApiWorld;
let sink: SmtpSink;
let email: EmailChannel;
let marketer: Caller;
let address: string;
let sally: string;

beforeAll(async () => {
  sink = await startSmtpSink();
  email = openEmailChannel({ smtpUrl: sink.url });
  world = await createApiWorld({ config: { smtpUrl: sink.url } });
  Object.assign(world.deps, {
    handTest: (letter: Parameters<EmailChannel['handOver']>[0]) => email.handOver(letter),
  });
  const { now } = world.clock;
  const id = await world.person([
    identify('sally@example.com', now - 2_000, { first_name: 'Sally' }),
    order('sally@example.com', now - 1_000),
  ]);
  await world.step(id, {
    kind: 'consent',
    changes: [{ channel: 'email', topic: 'offers', status: 'given', basis: 'opted_in', source: 'test' }],
  });
  sally = `per_${id}`;
});

beforeEach(async () => {
  marketer = await world.signIn('marketer');
  const session = (await world.call(marketer, 'GET', '/api/session')).json() as { user: { email: string } };
  address = session.user.email;
});

afterAll(async () => {
  await world.close();
  await email.close();
  await sink.close();
});

interface Test {
  readonly id: string;
  readonly to: string;
  readonly went: string;
  readonly note: string | null;
}

async function sendMyself(body: object = { person: sally }, as = marketer): Promise<Test> {
  const answer = await world.call(as, 'POST', '/api/templates/broken_rhythm/test', body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

async function switchTo(mode: 'mailbox' | 'test' | 'live', allow: readonly string[] = []): Promise<void> {
  const owner = await world.signIn('owner');
  const from = { name: 'Blue Door Tea', address: 'hello@shop.example' };
  const answer = await world.call(owner, 'PUT', '/api/settings/sending', { mode, allow, from });
  expect(answer.statusCode, answer.body).toBe(200);
}

const inMailbox = async (id: string) =>
  (await world.call(marketer, 'GET', `/api/mailbox/${id}`)).json() as {
    to: string;
    subject: string;
    text: string;
    html: string;
    test: boolean;
    person: { name: string | null; id: string };
    headers: Record<string, string>;
  };

describe('where it goes', () => {
  test('in the mailbox mode it stays here, addressed to whoever asked, written as to the person chosen', async () => {
    await switchTo('mailbox');
    const before = sink.accepted.length;
    const sent = await sendMyself();
    expect(sent).toMatchObject({ to: address, went: 'mailbox', note: null });
    const mail = await inMailbox(sent.id);
    expect(mail).toMatchObject({ to: address, test: true, person: { id: sally } });
    expect(mail.subject).toBe('[Test] Sally, did something change?');
    expect(mail.headers).not.toHaveProperty('List-Unsubscribe');
    expect(sink.accepted).toHaveLength(before);
  });

  test('in the live mode it leaves for whoever asked, and a copy stays', async () => {
    await switchTo('live');
    const before = sink.accepted.length;
    const sent = await sendMyself();
    expect(sent).toMatchObject({ to: address, went: 'sent', note: null });
    expect(sink.accepted).toHaveLength(before + 1);
    const raw = sink.accepted.at(-1);
    expect(raw?.to).toEqual([address]);
    const mail = await simpleParser(raw?.raw ?? '');
    expect(mail.subject).toBe('[Test] Sally, did something change?');
    expect(mail.text).toContain('Hello Sally');
    expect((await inMailbox(sent.id)).test).toBe(true);
  });

  test('in the test mode only to an address on its list', async () => {
    await switchTo('test', ['somebody@else.example']);
    const before = sink.accepted.length;
    expect(await sendMyself()).toMatchObject({ went: 'mailbox', note: expect.stringContaining('not on it') });
    expect(sink.accepted).toHaveLength(before);
    await switchTo('test', [address]);
    expect(await sendMyself()).toMatchObject({ went: 'sent' });
    expect(sink.accepted).toHaveLength(before + 1);
  });

  test('never to an address that is suppressed', async () => {
    await switchTo('live');
    const hash = addressHash(derivedSecret(world.deps.config.secret, 'addresses'), address);
    await insertSuppression(world.pool, {
      workspaceId: world.workspaceId,
      channel: 'email',
      hash,
      reason: 'hard_bounce',
      at: world.clock.now,
    });
    const before = sink.accepted.length;
    expect(await sendMyself()).toMatchObject({ went: 'mailbox', note: expect.stringContaining('came back') });
    expect(sink.accepted).toHaveLength(before);
  });

  test('a mail server that refuses is told, with the copy kept', async () => {
    await switchTo('live');
    Object.assign(world.deps, {
      handTest: async () => ({ kind: 'failed', detail: 'No such user.' }),
    });
    const sent = await sendMyself();
    expect(sent).toMatchObject({ went: 'failed', note: expect.stringContaining('No such user.') });
    expect((await inMailbox(sent.id)).subject).toContain('[Test]');
    Object.assign(world.deps, {
      handTest: (letter: Parameters<EmailChannel['handOver']>[0]) => email.handOver(letter),
    });
  });
});

describe('what it can change', () => {
  test('its unsubscribe link leads to a page that says so, and Sally stays subscribed', async () => {
    await switchTo('mailbox');
    const mail = await inMailbox((await sendMyself()).id);
    const link = /http:\/\/localhost:4000(\/u\/[^\s)]+)/.exec(mail.text)?.[1] ?? '';
    expect(link).not.toBe('');
    const opened = await world.call(null, 'GET', link);
    expect(opened.statusCode).toBe(200);
    expect(opened.body).toContain('This was a test letter.');
    await world.call(null, 'POST', link);
    const person = (await world.call(marketer, 'GET', `/api/people/${sally}`)).json() as {
      consents: { topic: string; status: string }[];
    };
    expect(person.consents).toMatchObject([{ topic: 'offers', status: 'given' }]);
  });

  test('what is written but not saved can be sent, and saves nothing', async () => {
    const draft = {
      subject: 'Only for me 🌷',
      purpose: 'transactional',
      body_mjml:
        '<mjml><mj-body><mj-section><mj-column><mj-text>Dear {{ person.first_name }}</mj-text></mj-column></mj-section></mj-body></mjml>',
    };
    const mail = await inMailbox((await sendMyself({ person: sally, draft })).id);
    expect(mail.subject).toBe('[Test] Only for me 🌷');
    expect(mail.html).toContain('Dear Sally');
    const saved = (await world.call(marketer, 'GET', '/api/templates/broken_rhythm')).json() as {
      version: number;
    };
    expect(saved.version).toBe(1);
  });

  test('a draft with mistakes is refused with each of them', async () => {
    const draft = { subject: '{{ persn.x }}', body_mjml: '<mjml><mj-body></mj-body></mjml>' };
    const answer = await world.call(marketer, 'POST', '/api/templates/broken_rhythm/test', { draft });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_template' });
  });

  test('it is written down who looked at whom', async () => {
    await sendMyself();
    const { rows } = await world.pool.query<{ detail: unknown }>(
      `select detail from audit_log where action = 'template.test' order by at desc, id desc limit 1`,
    );
    expect(rows[0]?.detail).toEqual({ person: sally });
  });
});

test('somebody who sends themselves letter after letter is slowed down, others are not', async () => {
  await switchTo('mailbox');
  for (let n = 0; n < 20; n += 1) await sendMyself();
  const refused = await world.call(marketer, 'POST', '/api/templates/broken_rhythm/test', {});
  expect(refused.statusCode).toBe(429);
  expect(refused.json()).toMatchObject({
    code: 'too_many_requests',
    detail: expect.stringContaining('20 letters'),
  });
  await sendMyself({}, await world.signIn('marketer'));
});

describe('what a preview says beside the letter', () => {
  test('which facts are not known of somebody without a name, in the subject too, and what to look at', async () => {
    const { now } = world.clock;
    const id = await world.person([identify('nameless@example.com', now - 2_000, { city: 'Hull' })]);
    const draft = {
      subject: 'Hello {{ person.first_name | default: "you" }}',
      body_mjml:
        '<mjml><mj-body><mj-section><mj-column><mj-text>From {{ person.ctiy }}</mj-text></mj-column></mj-section></mj-body></mjml>',
      person: `per_${id}`,
    };
    const shown = (await world.call(marketer, 'POST', '/api/templates/preview', draft)).json() as object;
    expect(shown).toMatchObject({
      subject: 'Hello you',
      problems: [],
      fields: [
        { path: 'person.first_name', value: null, fallback: 'you' },
        { path: 'person.ctiy', value: null, fallback: '' },
      ],
      advice: [
        { code: 'no_preview_line' },
        { code: 'unknown_field', hint: 'Did you mean "person.city"?' },
        { code: 'no_postal_address' },
      ],
    });
  });

  test('names of 500 letters from right to left are one line of subject, whole in the letter', async () => {
    const { now } = world.clock;
    const name = 'فاطمة '.repeat(84).trim();
    const id = await world.person([identify('long@example.com', now - 2_000, { first_name: name })]);
    const shown = (
      await world.call(marketer, 'POST', '/api/templates/broken_rhythm/preview', { person: `per_${id}` })
    ).json() as { subject: string; html: string };
    expect(shown.subject.length).toBeLessThanOrEqual(250);
    expect(shown.html).toContain(name);
  });
});
