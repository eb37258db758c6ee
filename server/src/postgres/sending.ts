// How a workspace sends: mode, allow-list, sender, postal address (workspaces.settings.sending), and which addresses
// are suppressed. An address is only ever stored here as a keyed hash, which outlives the person.
import { createHmac } from 'node:crypto';
import type { Queryable } from './pool.ts';

export const sendingModes = ['mailbox', 'test', 'live'] as const;
export type SendingMode = (typeof sendingModes)[number];

export interface SendingSettings {
  readonly mode: SendingMode;
  /** Addresses, or whole domains as `@shop.example`, in lower case. */
  readonly allow: readonly string[];
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly reply_to: string | null;
  readonly postal_address: string | null;
}

/** What rendering and routing need to know of a workspace. */
export interface SendingWorkspace {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  readonly sending: SendingSettings;
  readonly brand: StoredBrand;
}

/** The look of letters (workspaces.settings.brand). */
export interface StoredBrand {
  readonly colour: string | null;
  readonly logo_url: string | null;
}

export async function listSendingWorkspaces(db: Queryable): Promise<readonly SendingWorkspace[]> {
  const { rows } = await db.query<WorkspaceRow>({
    name: 'sending_workspaces',
    text: `select id, name, settings->>'time_zone' as time_zone, settings->'sending' as sending,
                  settings->'brand' as brand
           from workspaces
           order by created_at, id`,
  });
  return rows.map(toWorkspace);
}

export async function getSendingWorkspace(db: Queryable, workspaceId: string): Promise<SendingWorkspace> {
  const { rows } = await db.query<WorkspaceRow>({
    name: 'sending_workspace',
    text: `select id, name, settings->>'time_zone' as time_zone, settings->'sending' as sending,
                  settings->'brand' as brand
           from workspaces
           where id = $1`,
    values: [workspaceId],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`workspace ${workspaceId} does not exist`);
  return toWorkspace(row);
}

/** Under the workspace's lock; the rest of its settings stays as it is. */
export async function updateSending(
  db: Queryable,
  workspaceId: string,
  sending: SendingSettings,
): Promise<void> {
  await db.query(
    `update workspaces
     set settings = jsonb_set(settings, '{sending}', $2::jsonb)
     where id = $1`,
    [workspaceId, JSON.stringify(sending)],
  );
}

/** Under the workspace's lock, as above. */
export async function updateBrand(db: Queryable, workspaceId: string, brand: StoredBrand): Promise<void> {
  await db.query(
    `update workspaces
     set settings = jsonb_set(settings, '{brand}', $2::jsonb)
     where id = $1`,
    [workspaceId, JSON.stringify(brand)],
  );
}

/** What is stored was checked at the door; what is missing is as installed: everything goes to the mailbox. */
export function parseSending(stored: unknown): SendingSettings {
  const from = object(field(stored, 'from'));
  const mode = sendingModes.find((known) => known === field(stored, 'mode'));
  const allow = field(stored, 'allow');
  return {
    mode: mode ?? 'mailbox',
    allow: Array.isArray(allow) ? allow.filter((entry): entry is string => typeof entry === 'string') : [],
    from:
      from === undefined
        ? null
        : { name: text(field(from, 'name')) ?? '', address: text(field(from, 'address')) ?? '' },
    reply_to: text(field(stored, 'reply_to')) ?? null,
    postal_address: text(field(stored, 'postal_address')) ?? null,
  };
}

export function isAllowed(allow: readonly string[], address: string): boolean {
  const lower = address.toLowerCase();
  return allow.includes(lower) || allow.includes(lower.slice(lower.lastIndexOf('@')));
}

/** Keyed, so that a leaked table does not say whose addresses are in it. */
export function addressHash(key: string, address: string): Buffer {
  return createHmac('sha256', key).update(address.trim().toLowerCase()).digest();
}

export async function isSuppressed(
  db: Queryable,
  address: { readonly workspaceId: string; readonly channel: string; readonly hash: Buffer },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'select 1 from suppressions where workspace_id = $1 and channel = $2 and address_hash = $3',
    [address.workspaceId, address.channel, address.hash],
  );
  return (rowCount ?? 0) > 0;
}

/** `erased`: the person behind it asked to be forgotten. */
export type SuppressionReason = 'hard_bounce' | 'soft_bounces' | 'complaint' | 'by_hand' | 'erased';

export interface SuppressionRow {
  readonly address_hash: Buffer;
  readonly reason: SuppressionReason;
  readonly at: Date;
}

export async function listSuppressions(
  db: Queryable,
  workspaceId: string,
  of: { readonly channel: string; readonly hashes: readonly Buffer[] },
): Promise<readonly SuppressionRow[]> {
  if (of.hashes.length === 0) return [];
  const { rows } = await db.query<SuppressionRow>(
    `select address_hash, reason, at
     from suppressions
     where workspace_id = $1 and channel = $2 and address_hash = any($3::bytea[])`,
    [workspaceId, of.channel, of.hashes],
  );
  return rows;
}

export async function deleteSuppression(
  db: Queryable,
  address: { readonly workspaceId: string; readonly channel: string; readonly hash: Buffer },
): Promise<void> {
  await db.query('delete from suppressions where workspace_id = $1 and channel = $2 and address_hash = $3', [
    address.workspaceId,
    address.channel,
    address.hash,
  ]);
}

export async function insertSuppression(
  db: Queryable,
  row: {
    readonly workspaceId: string;
    readonly channel: string;
    readonly hash: Buffer;
    readonly reason: SuppressionReason;
    readonly at: number;
  },
): Promise<void> {
  await db.query(
    `insert into suppressions (workspace_id, channel, address_hash, reason, at)
     values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [row.workspaceId, row.channel, row.hash, row.reason, new Date(row.at)],
  );
}

interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string | null;
  readonly sending: unknown;
  readonly brand: unknown;
}

function toWorkspace(row: WorkspaceRow): SendingWorkspace {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone ?? 'UTC',
    sending: parseSending(row.sending),
    brand: {
      colour: text(field(row.brand, 'colour')) ?? null,
      logo_url: text(field(row.brand, 'logo_url')) ?? null,
    },
  };
}

function field(value: unknown, key: string): unknown {
  const record = object(value);
  return record === undefined ? undefined : Reflect.get(record, key);
}

function object(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
