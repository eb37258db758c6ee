// A workspace with people who are about to get a letter: the real engine, the real ledger, the shipped templates.
import type { JourneyGraph } from '@rapport/engine';
import { openEmailChannel } from '../../src/channels/email.ts';
import type { EmailChannelOptions } from '../../src/channels/email.ts';
import { openWebhookChannel } from '../../src/channels/webhook.ts';
import { createTemplateCache } from '../../src/content/template-cache.ts';
import { linkKey } from '../../src/content/unsubscribe-token.ts';
import { createLog } from '../../src/log.ts';
import { personKey } from '../../src/postgres/bucket.ts';
import type { PersonKey } from '../../src/postgres/bucket.ts';
import { ensureWorkspace } from '../../src/postgres/definitions.ts';
import type { Workspace } from '../../src/postgres/definitions.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import { createPrograms } from '../../src/postgres/programs.ts';
import type { Programs } from '../../src/postgres/programs.ts';
import { updateSending } from '../../src/postgres/sending.ts';
import type { SendingSettings } from '../../src/postgres/sending.ts';
import { stepPeople } from '../../src/postgres/steps.ts';
import type { StepDeps } from '../../src/postgres/steps.ts';
import { shipped } from '../../src/shipped.ts';
import { crashPoint } from '../../src/workers/crash.ts';
import type { SenderDeps } from '../../src/workers/sender-deps.ts';

export interface SendingWorld {
  readonly pool: Pool;
  readonly programs: Programs;
  readonly workspaceId: string;
  readonly deps: StepDeps;
  close(): Promise<void>;
}

export const SECRET = 'a secret for tests, thirty-two characters';

const letter = (template: string, more: object = {}): JourneyGraph => ({
  entry: 't',
  nodes: {
    t: { kind: 'trigger', on: { kind: 'api' }, next: 'm' },
    m: { kind: 'email', template, topic: 'offers', offer: { percent: 10, days: 14 }, next: 'x', ...more },
    x: { kind: 'exit' },
  },
  hold_out: 0,
  reentry: 'after_exit',
});

/** Journeys that a test may enrol people in, by what they send. */
const JOURNEYS: { readonly [key: string]: (url: string) => JourneyGraph } = {
  letter: () => letter('second_purchase'),
  service: () => letter('welcome', { marketing: false }),
  broken: () => letter('broken_on_purpose'),
  hook: (url) => ({
    entry: 't',
    nodes: {
      t: { kind: 'trigger', on: { kind: 'api' }, next: 'm' },
      m: { kind: 'webhook', url, next: 'x' },
      x: { kind: 'exit' },
    },
    hold_out: 0,
    reentry: 'after_exit',
  }),
};

export async function openSendingWorld(
  databaseUrl: string,
  /** `fresh: false`: a second process on a world that is there. */
  options: {
    readonly webhookUrl?: string;
    readonly now?: () => number;
    readonly caps?: number;
    readonly fresh?: boolean;
  } = {},
): Promise<SendingWorld> {
  const log = createLog({ level: 'silent' });
  const pool = openPool({
    url: databaseUrl,
    name: 'sender',
    connectionsMax: 12,
    statementMs: 30_000,
    pipeline: true,
    log,
  });
  const now = options.now ?? Date.now;
  let ids = 0;
  const newId = (): string => `01900000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`;
  const workspace = await ensureWorkspace(pool, { shipped, now, newId });
  const journeys = options.fresh === false ? [] : Object.entries(JOURNEYS);
  for (const [key, graph] of journeys) {
    const values = [workspace.id, key, new Date(now())];
    await pool.query(
      `insert into journeys (workspace_id, key, name, created_at, active_version) values ($1, $2, $2, $3, 1) on conflict do nothing`,
      values,
    );
    await pool.query(
      `insert into journey_versions (workspace_id, journey_key, version, graph, created_at) values ($1, $2, 1, $4, $3) on conflict do nothing`,
      [...values, JSON.stringify(graph(options.webhookUrl ?? 'http://127.0.0.1:1/'))],
    );
  }
  if (options.fresh !== false) await setPolicy(pool, workspace, options.caps ?? 50);
  const programs = createPrograms(pool);
  return {
    pool,
    programs,
    workspaceId: workspace.id,
    deps: { pool, programs, now },
    async close() {
      await pool.end();
    },
  };
}

/** Caps high enough not to be what a test is about, unless it is. */
async function setPolicy(pool: Pool, workspace: Workspace, caps: number): Promise<void> {
  const policy = {
    ...workspace.settings.policy,
    marketing_per_day: caps,
    marketing_per_week: caps,
    quiet_hours: {},
  };
  await pool.query(
    `update workspaces set program_version = program_version + 1, settings = settings || $2::jsonb where id = $1`,
    [workspace.id, JSON.stringify({ policy })],
  );
}

export async function setSending(world: SendingWorld, sending: Partial<SendingSettings>): Promise<void> {
  await updateSending(world.pool, world.workspaceId, {
    mode: 'live',
    allow: [],
    from: { name: 'Blue Door Tea', address: 'hello@shop.example' },
    reply_to: null,
    postal_address: '12 Harbour Street, Bristol',
    ...sending,
  });
}

/** People with a name, an address and (unless told otherwise) consent. */
export async function addPeople(
  world: SendingWorld,
  people: readonly { readonly id: string; readonly traits?: object; readonly consent?: boolean }[],
): Promise<readonly PersonKey[]> {
  const keys = people.map((person) => personKey(person.id));
  const at = world.deps.now();
  for (const key of keys) {
    await world.pool.query(
      `insert into people (bucket, workspace_id, id, created_at, state, program_version) values ($1, $2, $3, $4, '{}', 0)`,
      [key.bucket, world.workspaceId, key.id, new Date(at - 1_000)],
    );
  }
  await stepPeople(
    world.deps,
    world.workspaceId,
    people.map((person, i) => ({
      person: keys[i] ?? personKey(person.id),
      input: {
        kind: 'event',
        event: {
          id: `identify-${person.id}`,
          at: at - 1_000,
          type: 'identify',
          name: 'Identified',
          trust: 'server',
          properties: {},
          traits: { first_name: 'Sally', ...person.traits },
          identities: [['email', `${person.id}@example.com`]],
        },
      },
    })),
  );
  const consenting = people
    .filter((person) => person.consent !== false)
    .map((person) => personKey(person.id));
  await stepPeople(
    world.deps,
    world.workspaceId,
    consenting.map((person) => ({
      person,
      input: {
        kind: 'consent',
        changes: [{ channel: 'email', topic: 'offers', status: 'given', basis: 'opted_in', source: 'test' }],
      },
    })),
  );
  return keys;
}

/** Each enrolment asks for one message at once. */
export async function enrol(
  world: SendingWorld,
  people: readonly PersonKey[],
  journey = 'letter',
  start = '1',
): Promise<void> {
  await stepPeople(
    world.deps,
    world.workspaceId,
    people.map((person) => ({
      person,
      input: { kind: 'enrol', journey, start: `api:${start}:${person.id}` },
    })),
  );
}

export function senderDeps(
  world: SendingWorld,
  options: {
    readonly smtpUrl?: string | null;
    readonly email?: Partial<EmailChannelOptions>;
    readonly limits?: SenderDeps['limits'];
  } = {},
): SenderDeps {
  return {
    ...world.deps,
    log: createLog({ level: 'silent' }),
    email: emailOf(options),
    webhook: openWebhookChannel({ allowPrivate: true }),
    templates: createTemplateCache({ entriesMax: 100 }),
    publicUrl: 'http://localhost:4000',
    linkKey: linkKey(SECRET),
    addressKey: 'address key',
    webhookSecret: () => `whsec_${Buffer.from('webhook secret').toString('base64')}`,
    crash: crashPoint(process.env),
    limits: { pollMs: 50, restMs: 50, pauseMs: 50, stopMsMax: 5_000, ...options.limits },
  };
}

function emailOf(options: {
  readonly smtpUrl?: string | null;
  readonly email?: Partial<EmailChannelOptions>;
}): SenderDeps['email'] {
  const { smtpUrl = null } = options;
  return smtpUrl === null ? null : openEmailChannel({ smtpUrl, ...options.email });
}

export interface LedgerRow {
  readonly id: string;
  readonly person_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly via: string | null;
  readonly attempt: number;
  readonly sent_to: string | null;
  readonly subject: string | null;
  readonly provider_id: string | null;
  readonly next_at: Date;
}

export async function ledger(world: Pick<SendingWorld, 'pool'>): Promise<readonly LedgerRow[]> {
  const { rows } = await world.pool.query<LedgerRow>(
    `select id, person_id, state, reason, via, attempt, sent_to, subject, provider_id, next_at from messages order by person_id, id`,
  );
  return rows;
}

/** Waits until every row satisfies the condition; says what stands instead when it takes too long. */
export async function settled(
  world: Pick<SendingWorld, 'pool'>,
  holds: (rows: readonly LedgerRow[]) => boolean,
  msMax = 45_000,
): Promise<readonly LedgerRow[]> {
  const giveUpAt = performance.now() + msMax;
  for (;;) {
    const rows = await ledger(world);
    if (holds(rows)) return rows;
    if (performance.now() > giveUpAt)
      throw new Error(`the ledger did not settle: ${JSON.stringify(rows.slice(0, 5))}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function isEnded(row: LedgerRow): boolean {
  return ['sent', 'failed', 'uncertain', 'dropped'].includes(row.state);
}

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
