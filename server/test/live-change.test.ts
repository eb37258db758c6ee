// Definitions changed while the process runs: the stages move without a restart and nobody is contacted; the real process,
// its API and a real SMTP server. And a database put back from a backup: nothing is sent again.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase } from './support/postgres.ts';
import type { TestDatabase } from './support/postgres.ts';
import { until } from './support/processes.ts';
import { askApi, makeKey, makeWhole } from './faults/whole.ts';
import type { Whole } from './faults/whole.ts';
import { startSmtpSink } from './support/smtp-sink.ts';
import type { SmtpSink } from './support/smtp-sink.ts';

const DAY_MS = 86_400_000;

let whole: Whole;
let database: TestDatabase;
let sink: SmtpSink;
let key = '';

beforeEach(async () => {
  database = await createTestDatabase();
  sink = await startSmtpSink();
  whole = await makeWhole({ env: { SMTP_URL: sink.url, DATABASE_URL: database.url } });
  await whole.start();
  key = await makeKey(whole);
});

afterEach(async () => {
  await whole.close();
  await sink.close();
  await database.drop();
});

const api = <T>(method: string, address: string, body?: unknown): Promise<T> =>
  askApi<T>(whole, key, { method, path: address, ...(body === undefined ? {} : { body }) });

async function send(events: readonly unknown[]): Promise<void> {
  const answer = await api<{ rejected: readonly unknown[] }>('POST', '/v1/batch', { batch: events });
  expect(answer.rejected).toEqual([]);
}

const order = (userId: string, id: string, daysAgo: number): unknown => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  messageId: `order ${id}`,
  properties: { order_id: id, total: 20 },
  timestamp: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
});

const customer = (userId: string, ...daysAgo: readonly number[]): readonly unknown[] => [
  { type: 'identify', userId, messageId: `identify ${userId}`, traits: { email: `${userId}@shop.example` } },
  {
    type: 'track',
    userId,
    event: 'Consent Given',
    messageId: `consent ${userId}`,
    properties: { channel: 'email', topic: 'offers' },
  },
  ...daysAgo.map((days, i) => order(userId, `${userId}-${i}`, days)),
];

async function people(stage: string): Promise<number> {
  const { items } = await api<{ items: readonly { stages: readonly { key: string; people: number }[] }[] }>(
    'GET',
    '/api/lifecycle',
  );
  return items[0]?.stages.find((s) => s.key === stage)?.people ?? -1;
}

interface Model {
  readonly name: string;
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly rule: unknown;
    readonly look: string;
  }[];
}

test('sixty days changed to forty-five: the stages follow without a restart, and nobody hears of it', async () => {
  await api('PUT', '/api/settings/sending', { mode: 'live', from: 'Tea <hello@shop.example>' });
  const reached = {
    kind: 'trigger',
    on: { kind: 'stage_reached', model: 'default', stage: 'deterioration' },
    next: 'ask',
  };
  const nodes = {
    in: reached,
    ask: { kind: 'email', template: 'broken_rhythm', topic: 'offers', next: 'out' },
    out: { kind: 'exit' },
  };
  await api('POST', '/api/journeys', {
    key: 'slipping',
    name: 'Slipping',
    graph: { entry: 'in', nodes, reentry: 'once' },
  });
  const change = async (days: string): Promise<void> => {
    const { items } = await api<{ items: readonly (Model & { key: string })[] }>('GET', '/api/lifecycle');
    const [model] = items;
    const late = {
      kind: 'all',
      rules: [
        { kind: 'orders', op: 'at_least', n: 1 },
        { kind: 'not', rule: { kind: 'last_order', within: days } },
      ],
    };
    const stages = (model?.stages ?? []).map(({ key: stage, name, rule, look }) => ({
      key: stage,
      name,
      look,
      rule: stage === 'deterioration' ? late : rule,
    }));
    await api('PUT', '/api/lifecycle/default', { name: model?.name, stages });
  };
  await change('P60D');
  await api('POST', '/api/journeys/slipping/activate', { version: 1, who: 'from_now' });
  for (let n = 0; n < 20; n += 1) await send(customer(`u${n}`, 50));
  await until('twenty in build-up', async () => (await people('build_up')) === 20);

  await change('P45D');
  await until('twenty in deterioration', async () => (await people('deterioration')) === 20);
  const messages = await api<{ items: readonly unknown[] }>('GET', '/api/messages');
  expect(messages.items).toEqual([]);

  // Whoever slips from now on is written to.
  await send(customer('late'));
  await send([order('late', 'late-0', 46)]);
  await until('one letter', () => sink.accepted.length === 1);
  expect(sink.accepted[0]?.to).toEqual(['late@shop.example']);
});

test('a refund of an order older than memory is counted live, also when two come at once', async () => {
  await send(customer('many', ...Array.from({ length: 80 }, (_, i) => 170 - i * 2)));
  const orders = async (): Promise<number> => {
    const { items } = await api<{ items: readonly { orders: number }[] }>('GET', '/api/people?search=many');
    return items[0]?.orders ?? -1;
  };
  expect(await orders()).toBe(80);
  const refund = (id: string): unknown => ({
    type: 'track',
    userId: 'many',
    event: 'Order Refunded',
    messageId: `refund ${id}`,
    properties: { order_id: id },
  });
  await Promise.all([
    send([refund('many-0')]),
    send([refund('many-1')]),
    send([order('many', 'very late', 200)]),
  ]);
  expect(await orders()).toBe(79);
  expect(await whole.command('doctor')).toContain('All is well.');
});

test('a database older than the one last used here sends nothing until someone says from when', async () => {
  await api('PUT', '/api/settings/sending', { mode: 'live', from: 'Tea <hello@shop.example>' });
  await api('POST', '/api/journeys/welcome/activate', { version: 1, who: 'from_now' });
  const file = path.join(whole.dataDir, 'last-seen');
  await until('a sign of life', async () => Number(await readFile(file, 'utf8').catch(() => '0')) > 0);
  await whole.kill();
  // As after a restore: the folder remembers a later sign of life than the database does.
  await writeFile(file, `${Date.now() + 60_000}\n`);
  await whole.start();
  await send(customer('before'));
  await send([order('before', 'before-0', 0)]);
  const sender = async (): Promise<string> =>
    (await api<{ workers: { sender: { detail?: string } } }>('GET', '/api/system')).workers.sender.detail ??
    '';
  await until('the sender says why it rests', async () =>
    /older than the one last used/.test(await sender()),
  );
  expect(sink.accepted).toEqual([]);

  // The pause outlives a restart.
  await whole.kill();
  await whole.start();
  expect(await sender()).toMatch(/older than the one last used/);
  await api('POST', '/api/system/confirm-restore', { from: new Date().toISOString() });
  await send(customer('after'));
  await send([order('after', 'after-0', 0)]);
  await until('the new letter only', () => sink.accepted.length === 1);
  expect(sink.accepted[0]?.to).toEqual(['after@shop.example']);
  await until('the old one is dropped', async () => {
    const dropped = await api<{ items: readonly { reason: string | null }[] }>(
      'GET',
      '/api/messages?state=dropped',
    );
    return dropped.items.some((m) => m.reason === 'restored');
  });
});
