import { READY_TEMPLATES } from '../content/ready.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiWorld, identify, order } from '../../test/support/api-world.ts';
import type { ApiWorld, Caller } from '../../test/support/api-world.ts';
import { senderDeps, settled } from '../../test/support/sending-world.ts';
import { linkKey, signLink } from '../content/unsubscribe-token.ts';
import { createSender } from '../workers/sender.ts';

let world: ApiWorld;
let owner: Caller;

beforeAll(async () => {
  world = await createApiWorld({ config: { smtpUrl: 'smtp://127.0.0.1:2525' } });
  owner = await world.signIn('owner');
  await world.pool.query(`update journeys set active_version = 1 where key = 'welcome'`);
  await world.pool.query(
    `update journey_versions set graph = graph || '{"hold_out": 0}' where journey_key = 'welcome'`,
  );
  await world.pool.query('update workspaces set program_version = program_version + 1');
  await world.deps.programs.reload(world.workspaceId);
});
afterAll(() => world.close());

/** Someone who has just ordered for the first time, so that the welcome kit is on its way. */
async function newCustomer(email: string): Promise<string> {
  const { now } = world.clock;
  const id = await world.person([identify(email, now - 2_000, { first_name: 'Sally' })]);
  await world.step(id, {
    kind: 'consent',
    changes: [{ channel: 'email', topic: 'offers', status: 'given', basis: 'opted_in', source: 'test' }],
  });
  await world.step(id, {
    kind: 'event',
    event: {
      id: `o-${email}`,
      type: 'track',
      trust: 'server',
      traits: {},
      name: '',
      at: now,
      properties: {},
      identities: [],
      ...order(email, now),
    },
  });
  return id;
}

async function sendAll(): Promise<void> {
  const deps = { pool: world.pool, programs: world.deps.programs, now: world.deps.now };
  const sender = createSender({
    ...senderDeps({
      pool: world.pool,
      programs: world.deps.programs,
      workspaceId: world.workspaceId,
      deps,
      close: async () => undefined,
    }),
    linkKey: linkKey(world.deps.config.secret),
  });
  sender.start();
  await settled(world, (rows) =>
    rows.every((row) => row.state !== 'queued' && row.state !== 'claimed' && row.state !== 'handing'),
  );
  await sender.stop();
}

async function consentsOf(id: string): Promise<unknown> {
  const { consents } = (await world.call(owner, 'GET', `/api/people/per_${id}`)).json();
  return consents.toSorted((a: { topic: string }, b: { topic: string }) => (a.topic < b.topic ? -1 : 1));
}

function tokenFor(personId: string, purpose: 'unsubscribe' | 'preferences' = 'unsubscribe'): string {
  const claim = {
    workspaceId: world.workspaceId,
    personId,
    messageId: personId,
    channel: 'email',
    topic: 'offers',
    purpose,
  };
  return signLink(linkKey(world.deps.config.secret), claim);
}

describe('leaving by link', () => {
  test('opening the link changes nothing, however often', async () => {
    const id = await newCustomer('looks@example.com');
    const before = await consentsOf(id);
    for (let at = 0; at < 3; at += 1) {
      const page = await world.app.inject({ method: 'GET', url: `/u/${tokenFor(id)}` });
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('<form method="post"');
      expect(page.headers['set-cookie']).toBeUndefined();
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    }
    await world.app.inject({ method: 'HEAD', url: `/u/${tokenFor(id)}` });
    expect(await consentsOf(id)).toEqual(before);
  });

  test.each([
    ['urlencoded', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
    ],
    ['no body and no type', undefined, undefined],
  ])(
    'a post from a mail reader works without cookies or origin (%s), and what was queued is dropped',
    async (how, type, payload) => {
      const id = await newCustomer(`leaves-${how.replaceAll(' ', '-')}@example.com`);
      const answer = await world.app.inject({
        method: 'POST',
        url: `/u/${tokenFor(id)}`,
        ...(payload === undefined ? {} : { payload }),
        headers: type === undefined ? {} : { 'content-type': type },
      });
      expect(answer.statusCode).toBe(200);
      expect(await consentsOf(id)).toMatchObject([
        { channel: 'email', topic: 'offers', status: 'withdrawn', basis: 'unsubscribe' },
      ]);
      await sendAll();
      const messages = (await world.call(owner, 'GET', `/api/messages?person=per_${id}`)).json();
      // a welcome kit that was promised is not marketing's to withhold, but consent is asked all the same
      expect(messages.items).toMatchObject([
        {
          template: 'welcome',
          state: 'dropped',
          reason: 'no_consent',
          reason_text: expect.stringMatching(/^Not sent: \w+ did not agree to this topic\.$/),
        },
      ]);
    },
  );

  test('the list can be asked by state, reason, journey, channel and time, and the summary adds up', async () => {
    await newCustomer('listed@example.com');
    const ask = async (query: string) =>
      (await world.call(owner, 'GET', `/api/messages?limit=200&${query}`)).json().items.length as number;
    const all = await ask('');
    const summary = (await world.call(owner, 'GET', '/api/messages/summary?days=7')).json();
    expect(summary).toMatchObject({ days: 7, messages: all });
    expect(summary.sent + summary.waiting + summary.not_sent + summary.failed + summary.uncertain).toBe(all);
    expect(summary.waiting).toBeGreaterThan(0);
    for (const { state, reason, messages } of summary.parts)
      expect(await ask(`state=${state}${reason === null ? '' : `&reason=${reason}`}&days=1`)).toBe(messages);
    expect(await ask('reason=no_consent&journey=welcome&channel=email')).toBe(
      summary.parts.find((part: { reason: string | null }) => part.reason === 'no_consent').messages,
    );
    expect(await ask('journey=broken_rhythm')).toBe(0);
    expect(await ask('channel=sms')).toBe(0);
    expect((await world.call(owner, 'GET', '/api/messages?state=lost')).statusCode).toBe(400);
  });

  test('a second post changes nothing more, and undo brings back only what the link took', async () => {
    const id = await newCustomer('undoes@example.com');
    const token = tokenFor(id);
    await world.app.inject({ method: 'POST', url: `/u/${token}` });
    const page = await world.app.inject({ method: 'POST', url: `/u/${token}` });
    expect(page.body).toContain(`action="/u/${token}/undo"`);
    expect((await world.app.inject({ method: 'GET', url: `/u/${token}` })).body).toContain(
      'You are unsubscribed.',
    );
    await world.app.inject({ method: 'POST', url: `/u/${token}/undo` });
    expect(await consentsOf(id)).toMatchObject([{ status: 'given', basis: 'undone' }]);

    await world.step(id, {
      kind: 'consent',
      changes: [
        { channel: 'email', topic: 'offers', status: 'withdrawn', basis: 'complaint', source: 'phone' },
      ],
    });
    await world.app.inject({ method: 'POST', url: `/u/${token}/undo` });
    expect(await consentsOf(id)).toMatchObject([{ status: 'withdrawn', basis: 'complaint' }]);
  });

  test.each(['', 'x', '1.x.y', '%00', 'a'.repeat(390), '../../etc/passwd', '1.YWJj.ZGVm'])(
    'the token %j is nobody',
    async (token) => {
      const page = await world.app.inject({ method: 'POST', url: `/u/${encodeURIComponent(token)}` });
      expect(page.statusCode).toBeGreaterThanOrEqual(400);
      expect(page.statusCode).toBeLessThan(500);
    },
  );

  test('a token for preferences does not unsubscribe, and the other way round', async () => {
    const id = await newCustomer('mixes@example.com');
    expect(
      (await world.app.inject({ method: 'POST', url: `/u/${tokenFor(id, 'preferences')}` })).statusCode,
    ).toBe(404);
    expect((await world.app.inject({ method: 'POST', url: `/preferences/${tokenFor(id)}` })).statusCode).toBe(
      404,
    );
    expect(await consentsOf(id)).toMatchObject([{ status: 'given' }]);
  });

  test('the preference page lists the topics and writes down only what changed', async () => {
    const id = await newCustomer('chooses@example.com');
    const url = `/preferences/${tokenFor(id, 'preferences')}`;
    const page = await world.app.inject({ method: 'GET', url });
    expect(page.body).toContain('value="offers" checked');
    expect(page.body).toContain('value="news">');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await world.app.inject({
      method: 'POST',
      url,
      payload: 'topic=offers&topic=news&topic=invented',
      headers: form,
    });
    expect(await consentsOf(id)).toMatchObject([
      { topic: 'news', status: 'given', basis: 'preference_page' },
      { topic: 'offers', status: 'given', basis: 'opted_in' },
    ]);
    await world.app.inject({ method: 'POST', url, payload: 'topic=news&nothing=1', headers: form });
    expect(await consentsOf(id)).toMatchObject([
      { topic: 'news', status: 'withdrawn' },
      { topic: 'offers', status: 'withdrawn' },
    ]);
  });

  test('a body of a megabyte is refused', async () => {
    const id = await newCustomer('large@example.com');
    const answer = await world.app.inject({
      method: 'POST',
      url: `/u/${tokenFor(id)}`,
      payload: 'x'.repeat(1_000_000),
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.statusCode).toBe(413);
  });
});

describe('messages and mailbox', () => {
  test('a message is in the list, in the mailbox, and tells its story', async () => {
    const id = await newCustomer('story@example.com');
    await sendAll();
    const { items } = (await world.call(owner, 'GET', `/api/messages?person=per_${id}`)).json();
    expect(items).toMatchObject([
      {
        state: 'sent',
        via: 'mailbox',
        template: 'welcome',
        journey_name: 'Welcome and second purchase',
        person: { id: `per_${id}`, email: 'story@example.com' },
        next_at: null,
      },
    ]);
    const whole = (await world.call(owner, 'GET', `/api/messages/${items[0].id}`)).json();
    expect(whole.story.map((step: { kind: string }) => step.kind)).toEqual([
      'message_requested',
      'message_looked',
      'message_result',
    ]);
    expect(whole.in_mailbox).toBe(true);
    const kept = (await world.call(owner, 'GET', `/api/mailbox/${items[0].id}`)).json();
    expect(kept).toMatchObject({ to: 'story@example.com', person: { name: 'Sally' } });
    expect(kept.html).toContain('Hello Sally');
    expect(kept.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    const url = /<(http[^>]+)>/.exec(kept.headers['List-Unsubscribe'])?.[1] ?? '';
    expect((await world.app.inject({ method: 'GET', url: new URL(url).pathname })).statusCode).toBe(200);
  });

  test('lists page', async () => {
    const first = (await world.call(owner, 'GET', '/api/mailbox?limit=1')).json();
    expect(first.items).toHaveLength(1);
    const all = (await world.call(owner, 'GET', '/api/messages?limit=2')).json();
    const next = (await world.call(owner, 'GET', `/api/messages?limit=200&cursor=${all.next_cursor}`)).json();
    const ids = [...all.items, ...next.items].map((item: { id: string }) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await world.call(owner, 'GET', '/api/messages?cursor=nonsense')).statusCode).toBe(400);
  });

  test('only an uncertain message can be resolved, and it is written down who did', async () => {
    const id = await newCustomer('unsure@example.com');
    await sendAll();
    const [message] = (await world.call(owner, 'GET', `/api/messages?person=per_${id}`)).json().items;
    expect(
      (await world.call(owner, 'POST', `/api/messages/${message.id}/resolve`, { as: 'sent' })).statusCode,
    ).toBe(409);
    await world.pool.query(`update messages set state = 'uncertain' where id = $1`, [message.id.slice(4)]);
    const resolved = await world.call(owner, 'POST', `/api/messages/${message.id}/resolve`, { as: 'failed' });
    expect(resolved.json()).toMatchObject({ state: 'failed', reason: 'said_by_hand' });
    const { rows } = await world.pool.query(`select 1 from audit_log where action = 'message.resolve'`);
    expect(rows).toHaveLength(1);
  });

  test('what does not exist is not found', async () => {
    for (const url of [
      '/api/messages/msg_nonsense',
      `/api/messages/msg_${world.workspaceId}`,
      `/api/mailbox/msg_${world.workspaceId}`,
      `/api/messages?person=per_${world.workspaceId}`,
    ]) {
      expect((await world.call(owner, 'GET', url)).statusCode).toBe(404);
    }
  });
});

describe('templates', () => {
  const mjml =
    '<mjml><mj-body><mj-section><mj-column><mj-text>Dear {{ person.first_name | default: "friend" }}</mj-text></mj-column></mj-section></mj-body></mjml>';

  test('is made, changed as a new version, previewed as a person, and put into the mailbox', async () => {
    const made = await world.call(owner, 'POST', '/api/templates', {
      name: 'Spring news',
      subject: 'Spring, {{ person.first_name | default: "friend" }}',
      body_mjml: mjml,
    });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ key: 'spring_news', version: 1, used_by: [] });
    expect(
      (
        await world.call(owner, 'POST', '/api/templates', {
          name: 'Spring news',
          subject: 'x',
          body_mjml: mjml,
        })
      ).statusCode,
    ).toBe(409);
    const changed = (
      await world.call(owner, 'PUT', '/api/templates/spring_news', { subject: 'Hello' })
    ).json();
    expect(changed).toMatchObject({
      version: 2,
      subject: 'Hello',
      versions: [{ version: 2 }, { version: 1 }],
    });
    expect((await world.call(owner, 'GET', '/api/templates/spring_news?version=1')).json().subject).toContain(
      'Spring',
    );

    const id = await newCustomer('previewed@example.com');
    const shown = (
      await world.call(owner, 'POST', '/api/templates/spring_news/preview', { person: `per_${id}` })
    ).json();
    expect(shown).toMatchObject({ subject: 'Hello', to: 'previewed@example.com', problems: [] });
    expect(shown.html).toContain('Dear Sally');
    expect((await world.call(owner, 'POST', '/api/templates/spring_news/preview', {})).json().html).toContain(
      'Dear friend',
    );
    const test1 = await world.call(owner, 'POST', '/api/templates/spring_news/test', {});
    expect(test1.statusCode).toBe(201);
    expect((await world.call(owner, 'GET', `/api/mailbox/${test1.json().id}`)).json().subject).toBe(
      '[Test] Hello',
    );
    expect((await world.call(owner, 'DELETE', '/api/templates/spring_news')).statusCode).toBe(204);
    expect((await world.call(owner, 'GET', '/api/templates/spring_news')).statusCode).toBe(404);
  });

  test('a template with mistakes is refused with every one of them, and changes nothing', async () => {
    const before = (await world.call(owner, 'GET', '/api/templates/welcome')).json().version;
    const refused = await world.call(owner, 'PUT', '/api/templates/welcome', {
      subject: '{{ persn.x }}',
      body_mjml: '<mjml><mj-body>{% if person.x %}<mj-section></mj-section></mj-body></mjml>',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ code: 'invalid_template' });
    expect((await world.call(owner, 'GET', '/api/templates/welcome')).json().version).toBe(before);
    const shown = await world.call(owner, 'POST', '/api/templates/preview', {
      subject: 'x',
      body_mjml: '<mjml><mj-body>{% for a in b %}</mj-body></mjml>',
    });
    expect(shown.statusCode).toBe(200);
    expect(shown.json()).toMatchObject({
      html: null,
      problems: [{ path: '/body_mjml', message: expect.stringContaining('Line 1') }],
    });
  });

  test('one that a journey sends stays', async () => {
    const refused = await world.call(owner, 'DELETE', '/api/templates/welcome');
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain('Welcome and second purchase');
  });

  test('the list names who uses what', async () => {
    const { items } = (await world.call(owner, 'GET', '/api/templates')).json();
    expect(items.map((item: { key: string }) => item.key)).toEqual(
      READY_TEMPLATES.map(({ key }) => key).toSorted(),
    );
    const welcome = items.find((item: { key: string }) => item.key === 'welcome');
    expect(welcome.used_by).toEqual([{ journey: 'welcome', name: 'Welcome and second purchase' }]);
  });
});

describe('the sending switch', () => {
  test('stands on the mailbox, and an SMTP server alone does not move it', async () => {
    const settings = (await world.call(owner, 'GET', '/api/settings/sending')).json();
    expect(settings).toMatchObject({
      mode: 'mailbox',
      from: null,
      smtp: { configured: true, host: '127.0.0.1' },
    });
    expect(settings.webhook_secret).toMatch(/^whsec_/);
    expect(settings.checklist.find((check: { key: string }) => check.key === 'from')).toMatchObject({
      state: 'missing',
    });
  });

  test('does not move without a from address', async () => {
    const refused = await world.call(owner, 'PUT', '/api/settings/sending', { mode: 'live' });
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain('no from address');
  });

  test('takes the from address both ways, and wakes the sender', async () => {
    const set = await world.call(owner, 'PUT', '/api/settings/sending', {
      mode: 'test',
      allow: ['Ana@Shop.example', '@team.example'],
      from: '"Blue Door" <hello@shop.example>',
    });
    expect(set.json()).toMatchObject({
      mode: 'test',
      allow: ['ana@shop.example', '@team.example'],
      from: { name: 'Blue Door', address: 'hello@shop.example' },
    });
    expect(world.woken).toContain('sender');
    const back = await world.call(owner, 'PUT', '/api/settings/sending', {
      mode: 'mailbox',
      from: { name: 'Blue Door', address: 'hi@shop.example' },
      postal_address: '12 Harbour Street',
    });
    expect(back.json()).toMatchObject({
      mode: 'mailbox',
      from: { address: 'hi@shop.example' },
      postal_address: '12 Harbour Street',
    });
  });

  test.each([
    { mode: 'loud' },
    { from: 'nobody' },
    { from: { name: 'a\r\nBcc: x@y.z', address: 'a@b.cd' } },
    { allow: ['no'] },
    { postal_address: 'x'.repeat(301) },
    { surprise: 1 },
  ])('refuses %j', async (body) => {
    expect((await world.call(owner, 'PUT', '/api/settings/sending', body)).statusCode).toBe(400);
  });

  test('is the admins’ alone, and only connectors see the webhook secret', async () => {
    const analyst = await world.signIn('analyst');
    expect((await world.call(analyst, 'PUT', '/api/settings/sending', { mode: 'mailbox' })).statusCode).toBe(
      403,
    );
    expect((await world.call(analyst, 'GET', '/api/settings/sending')).json().webhook_secret).toBeNull();
  });
});

test('topics are added, renamed and kept while a journey writes about them', async () => {
  expect((await world.call(owner, 'POST', '/api/topics', { key: 'events', name: 'Events' })).statusCode).toBe(
    201,
  );
  expect((await world.call(owner, 'POST', '/api/topics', { key: 'events', name: 'Again' })).statusCode).toBe(
    409,
  );
  expect((await world.call(owner, 'PUT', '/api/topics/events', { name: 'Evenings' })).json()).toMatchObject({
    key: 'events',
    name: 'Evenings',
  });
  expect((await world.call(owner, 'DELETE', '/api/topics/events')).statusCode).toBe(204);
  expect((await world.call(owner, 'DELETE', '/api/topics/offers')).statusCode).toBe(409);
  expect(
    (await world.call(owner, 'GET', '/api/topics')).json().items.map((topic: { key: string }) => topic.key),
  ).toEqual(['offers', 'news', 'surveys']);
});

describe('letters of blocks', () => {
  async function ask(method: 'GET' | 'POST' | 'PUT', url: string, sent?: unknown) {
    const answer = await world.call(owner, method, url, sent);
    return { status: answer.statusCode, json: answer.json() };
  }

  const line = (text: string) => ({
    type: 'doc',
    content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
  });
  const letter = (text: string) => ({
    blocks: [{ id: 'a', kind: 'text', text: line(text) }],
    why: line('You asked for it.'),
  });

  test('a letter is made, changed by two people, and the later one is told', async () => {
    const made = await ask('POST', '/api/templates', {
      name: 'A note',
      subject: 'A note',
      letter: letter('First.'),
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ key: 'a_note', version: 1, letter: { blocks: [{ kind: 'text' }] } });
    expect(made.json.body_mjml).toContain('First.');
    const first = await ask('PUT', '/api/templates/a_note', { letter: letter('Second.'), based_on: 1 });
    expect(first.json).toMatchObject({ version: 2 });
    const second = await ask('PUT', '/api/templates/a_note', { letter: letter('Third.'), based_on: 1 });
    expect(second.status).toBe(409);
    expect(second.json.detail).toContain('version 2');
  });

  test('what is wrong with a block is said at the block', async () => {
    const answer = await ask('PUT', '/api/templates/a_note', { letter: letter('Hello {{ name }}') });
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0]).toMatchObject({ path: '/letter/blocks/0/text' });
  });

  test('a preview says which fields fell back', async () => {
    const field = { type: 'field', attrs: { path: 'person.first_name', fallback: 'there' } };
    const shown = await ask('POST', '/api/templates/preview', {
      subject: 'x',
      letter: {
        blocks: [
          {
            id: 'a',
            kind: 'text',
            text: { type: 'doc', content: [{ type: 'paragraph', content: [field] }] },
          },
        ],
        why: line('x'),
      },
    });
    expect(shown.json.fields).toEqual([{ path: 'person.first_name', fallback: 'there', value: null }]);
    expect(shown.json.problems).toEqual([]);
  });

  test('MJML written by hand takes the place of the blocks', async () => {
    const { json } = await ask('GET', '/api/templates/a_note');
    const body_mjml = json.body_mjml.replace('Second.', 'By hand.');
    const answer = await ask('PUT', '/api/templates/a_note', { body_mjml });
    expect(answer.json).toMatchObject({ letter: null, body_mjml });
  });

  test('a colour in which links could not be read is refused, another is in the next letter', async () => {
    const refused = await ask('PUT', '/api/settings/brand', { colour: '#FFD54F' });
    expect(refused.status).toBe(400);
    expect(refused.json.detail).toContain('contrast');
    expect((await ask('PUT', '/api/settings/brand', { colour: '#7a1fa2' })).json).toEqual({
      colour: '#7A1FA2',
      logo_url: null,
    });
    const shown = await ask('POST', '/api/templates/welcome/preview', {});
    expect(shown.json.html).toContain('#7A1FA2');
    await ask('PUT', '/api/settings/brand', { colour: null });
  });

  test('the people to preview it as are those whom it is meant for', async () => {
    await newCustomer('reader@example.com');
    const readers = await ask('GET', '/api/templates/welcome/readers');
    expect(readers.json.items.length).toBeGreaterThan(0);
    expect(readers.json.items[0].name).not.toBeNull();
  });
});
