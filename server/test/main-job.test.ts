// The main job, end to end, as an operator does it: the real process through its command line, a real SMTP server, real
// Segment clients, real files. Killed in between; what left is counted at the far end.
import { Analytics } from '@segment/analytics-node';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from './support/processes.ts';
import { askApi, makeKey, makeWhole } from './faults/whole.ts';
import type { Whole } from './faults/whole.ts';
import { startSmtpSink } from './support/smtp-sink.ts';
import type { SmtpSink } from './support/smtp-sink.ts';

const cdnow = fileURLToPath(new URL('../../../shared/data/cdnow/CDNOW_master.txt', import.meta.url));
const DAY_MS = 86_400_000;

let whole: Whole;
let sink: SmtpSink;
let key = '';

beforeEach(async () => {
  sink = await startSmtpSink();
  whole = await makeWhole({ env: { SMTP_URL: sink.url } });
  await whole.start();
  key = await makeKey(whole);
});

afterEach(async () => {
  await whole.close();
  await sink.close();
});

const api = <T>(method: string, address: string, body?: unknown): Promise<T> =>
  askApi<T>(whole, key, { method, path: address, ...(body === undefined ? {} : { body }) });

async function goLive(): Promise<void> {
  await api('PUT', '/api/settings/sending', {
    mode: 'live',
    from: { name: 'Blue Door Tea', address: 'hello@shop.example' },
    postal_address: '12 Harbour Street, Bristol',
  });
}

interface Lifecycle {
  readonly items: readonly {
    readonly key: string;
    readonly arming: unknown;
    readonly stages: readonly { readonly key: string; readonly people: number }[];
  }[];
}

async function stages(): Promise<Record<string, number>> {
  const { items } = await api<Lifecycle>('GET', '/api/lifecycle');
  return Object.fromEntries((items[0]?.stages ?? []).map((stage) => [stage.key, stage.people]));
}

const subjects = (): readonly string[] =>
  sink.accepted.map((m) => `${m.to.join()} ${/^Subject: (.*)$/m.exec(m.raw)?.[1]}`);

describe('the main job', () => {
  test.skipIf(!existsSync(cdnow))(
    'CDNOW is imported and its stages shown as of its last day; again changes nothing',
    async () => {
      const said = await whole.command('import', cdnow, '--as-of', '1998-06-30', '--currency', 'USD');
      expect(said).toMatch(/69,?659/);
      // Customers enough to learn a rhythm from: who is quiet or gone goes by it, once everyone has been brought to it.
      await whole.command('fit');
      await until('everyone is judged by what was learnt', async () => {
        const [left] = await whole.query<{ people: string }>(
          `select count(*) as people from people p join workspaces w on w.id = p.workspace_id
            where p.program_version < w.program_version`,
        );
        return left?.people === '0';
      });
      const shown = await stages();
      expect(Object.values(shown).reduce((sum, n) => sum + n, 0)).toBe(23_570);
      // Most came once, in the first quarter of 18 months, and never again.
      expect(shown['termination']).toBeGreaterThan(12_000);
      expect(shown['continuation']).toBeGreaterThan(3_000);
      const page = await api<{ items: readonly { id: string; as_of: string | null }[] }>(
        'GET',
        '/api/people?limit=1',
      );
      expect(page.items[0]?.as_of).toMatch(/^1998-0[67]/);
      await whole.command('import', cdnow, '--as-of', '1998-06-30', '--currency', 'USD');
      expect(await stages()).toEqual(shown);
      expect(sink.accepted).toEqual([]);
      expect(await whole.command('doctor')).toContain('All is well.');
    },
    240_000,
  );

  test('a file with addresses leads to a broken-rhythm letter; a live order to a welcome within a second; never twice', async () => {
    const file = path.join(whole.dataDir, 'orders.csv');
    await writeFile(file, regulars(30));
    await whole.command('import', file, '--permission', 'opted-in', '--permission-source', 'newsletter form');
    const segment = await api<{ people: number }>('GET', '/api/segments/quiet');
    expect(segment.people).toBe(30);
    expect(sink.accepted).toEqual([]);

    await goLive();
    await api('POST', '/api/journeys/broken_rhythm/activate', {
      version: 1,
      who: 'also_today',
      per_day: 1_000,
    });
    await api('POST', '/api/journeys/welcome/activate', { version: 1, who: 'from_now' });
    const runs = async (): Promise<{ entered: number; control: number }> =>
      api('GET', '/api/journeys/broken_rhythm');
    await until('everyone who qualifies today is let in', async () => (await runs()).entered === 30);
    const { control } = await runs();
    expect(control).toBeGreaterThan(0);
    await until('the treated got their letter', () => sink.accepted.length === 30 - control);
    expect(new Set(sink.accepted.flatMap((m) => m.to)).size).toBe(30 - control);

    const took = await welcome('first');
    expect(took).toBeLessThan(1_000);

    await whole.kill();
    await whole.start();
    await welcome('second');
    expect(sink.accepted).toHaveLength(30 - control + 2);
    expect(new Set(subjects()).size).toBe(30 - control + 2);
    expect(await whole.command('doctor')).toContain('All is well.');
  }, 120_000);
});

/** A live first order through the real client; how long its letter took, in milliseconds. */
async function welcome(userId: string): Promise<number> {
  const analytics = new Analytics({
    writeKey: key,
    host: `http://127.0.0.1:${whole.port}`,
    flushAt: 3,
    maxRetries: 2,
  });
  const before = sink.accepted.length;
  analytics.identify({ userId, traits: { email: `${userId}@new.example`, name: 'Omar' } });
  analytics.track({ userId, event: 'Consent Given', properties: { channel: 'email', topic: 'offers' } });
  const from = performance.now();
  analytics.track({
    userId,
    event: 'Order Completed',
    properties: { order_id: `order of ${userId}`, total: 30, currency: 'EUR' },
  });
  await analytics.flush();
  await until(`the welcome of ${userId}`, () => sink.accepted.length > before);
  const took = performance.now() - from;
  await analytics.closeAndFlush();
  expect(sink.accepted.at(-1)?.to).toEqual([`${userId}@new.example`]);
  return took;
}

/** Customers with addresses who ordered every ten days until sixty days ago. */
function regulars(count: number): string {
  const lines = ['order_id,email,name,date,total,currency'];
  for (let n = 1; n <= count; n += 1) {
    for (let order = 0; order < 5; order += 1) {
      const at = new Date(Date.now() - (60 + order * 10) * DAY_MS).toISOString();
      lines.push(`${n}-${order},c${n}@shop.example,"Ana, ${n}",${at},${20 + order}.50,EUR`);
    }
  }
  return `${lines.join('\n')}\n`;
}
