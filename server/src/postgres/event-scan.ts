// Stored events in the order in which they lie on the disk, for whoever reads many people's at once: part by part, each a
// short statement, only the columns that are asked for. Nothing is sorted; who needs an order keeps one.
import type { EventFact } from '@rapport/engine';
import { to as copyTo } from 'pg-copy-streams';
import { decodeFact } from './events.ts';
import type { Connection, Queryable } from './pool.ts';

/** Blocks a statement reads: 128 MB, well under a second. */
const PART_BLOCKS = 16_384;

export interface EventsPart {
  /** A partition's name, quoted by Postgres. */
  readonly table: string;
  readonly from: number;
  /** Null: to the end. */
  readonly to: number | null;
  /** Of all parts together. */
  readonly share: number;
}

/** What there is to read now; what is stored later may lie outside. */
export async function listEventsParts(client: Queryable): Promise<readonly EventsPart[]> {
  const { rows } = await client.query<{ table: string; blocks: number }>(
    `select relid::text as table,
       (pg_relation_size(relid) / current_setting('block_size')::int)::int as blocks
     from pg_partition_tree('events')
     where isleaf
     order by relid::text`,
  );
  const all = rows.reduce((sum, { blocks }) => sum + blocks, 0);
  return rows.flatMap(({ table, blocks }) =>
    Array.from({ length: Math.ceil(blocks / PART_BLOCKS) }, (_, n) => {
      const from = n * PART_BLOCKS;
      const to = from + PART_BLOCKS;
      return {
        table,
        from,
        to: to >= blocks ? null : to,
        share: (Math.min(to, blocks) - from) / all,
      };
    }),
  );
}

export interface EventsAsked<T> {
  readonly workspaceId: string;
  /** Null: events of any name. */
  readonly names: readonly string[] | null;
  /** Names and times only: no body is sent or read. */
  readonly bare: boolean;
  /** Only events whose body holds all texts of one of these lists; none or absent: any. */
  readonly says?: readonly (readonly string[])[];
  /** Of people in these buckets, and of those merged into them; null: of all. */
  readonly buckets: readonly [number, number] | null;
  /** By the 16 bytes of the person's id at this place; undefined: not asked for. */
  readonly find: (data: Buffer, at: number) => T | undefined;
  readonly take: (found: T, event: EventFact) => void;
}

/** Reads a part in a transaction of its own; after a failure the connection is of no use. Parked events are left out. Gives how many rows Postgres sent. */
export async function scanEvents<T>(
  client: Connection,
  part: EventsPart,
  asked: EventsAsked<T>,
): Promise<number> {
  await client.query(DISK_ORDER);
  const stream = client.query(copyTo(scanText(client, part, asked)));
  const reader = new CopyReader(asked);
  for await (const chunk of stream) reader.push(chunk as Buffer);
  await client.query('commit');
  return reader.rows;
}

/**
 * Everyone's events in the order of people, each person's together: Postgres sorts them on its disk, nobody holds them in memory. Names
 * are those asked for; parked events are left out. One statement for as long as it takes: for what is read seldom.
 */
export async function scanInOrder(
  client: Connection,
  { workspaceId, names, find, take }: Pick<EventsAsked<string>, 'workspaceId' | 'names' | 'find' | 'take'>,
): Promise<void> {
  const conditions = [`workspace_id = ${client.escapeLiteral(workspaceId)}`, 'not parked'];
  if (names !== null)
    conditions.push(`name in (${names.map((name) => client.escapeLiteral(name)).join(', ')})`);
  await client.query(`${DISK_ORDER}; set local statement_timeout = 0; set local work_mem = '32MB'`);
  const text = `copy (select person_id, at, name, message_id, body from events
    where ${conditions.join(' and ')} order by person_id) to stdout (format binary)`;
  const reader = new CopyReader({ bare: false, names, find, take });
  for await (const chunk of client.query(copyTo(text))) reader.push(chunk as Buffer);
  await client.query('commit');
}

/** Never by an index, whatever statistics say: each part would go through all of it. */
const DISK_ORDER = `begin read only;
set local enable_indexscan = off;
set local enable_indexonlyscan = off;
set local enable_bitmapscan = off`;

/** An id as its bytes in a text, as `bytesAt` reads it from a row. */
export function personBytes(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1');
}

export function idOfBytes(bytes: string): string {
  const hex = Buffer.from(bytes, 'latin1').toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function bytesAt(data: Buffer, at: number): string {
  return data.toString('latin1', at, at + 16);
}

/** COPY takes no parameters: every literal is quoted by the driver, or a number made here. */
function scanText(
  client: Connection,
  { table, from, to }: EventsPart,
  asked: Omit<EventsAsked<never>, 'find' | 'take'>,
): string {
  const workspace = client.escapeLiteral(asked.workspaceId);
  const conditions = [`e.workspace_id = ${workspace}`, 'not e.parked', `e.ctid >= '(${from},0)'`];
  if (to !== null) conditions.push(`e.ctid < '(${to},0)'`);
  if (asked.names !== null)
    conditions.push(`e.name in (${asked.names.map((name) => client.escapeLiteral(name)).join(', ')})`);
  if (asked.says !== undefined && asked.says.length > 0) {
    const holds = (text: string): string => `position(${client.escapeLiteral(text)} in e.body) > 0`;
    conditions.push(`(${asked.says.map((texts) => texts.map(holds).join(' and ')).join(' or ')})`);
  }
  if (asked.buckets !== null) {
    const [low, high] = asked.buckets;
    conditions.push(
      `(e.bucket between ${low} and ${high} or e.person_id in (
         select a.person_id from aliases a
         where a.workspace_id = ${workspace} and a.survivor_bucket between ${low} and ${high}))`,
    );
  }
  const columns = asked.bare
    ? 'e.person_id, e.at, e.name'
    : 'e.person_id, e.at, e.name, e.message_id, e.body';
  return `copy (select ${columns} from ${table} e where ${conditions.join(' and ')}) to stdout (format binary)`;
}

/** Signature, flags and the length of an extension, which nobody uses. */
const HEADER_BYTES = 19;
/** Postgres counts microseconds from 2000-01-01. */
const EPOCH_2000_MS = 946_684_800_000;
const NOTHING = Buffer.alloc(0);

/** Rows of COPY's binary form, whole rows at a time, whatever the chunks are. */
class CopyReader<T> {
  readonly asked: Pick<EventsAsked<T>, 'bare' | 'find' | 'take' | 'names'>;
  rows = 0;
  private rest: Buffer = NOTHING;
  private begun = false;
  /** Where the fields of the present row begin. */
  private readonly places: Int32Array;
  private readonly onlyName: string | null;

  constructor(asked: Pick<EventsAsked<T>, 'bare' | 'find' | 'take' | 'names'>) {
    this.asked = asked;
    this.places = new Int32Array(asked.bare ? 3 : 5);
    this.onlyName = asked.names?.length === 1 ? (asked.names[0] ?? null) : null;
  }

  push(chunk: Buffer): void {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    if (!this.begun) {
      if (data.length < HEADER_BYTES) {
        this.rest = data;
        return;
      }
      this.begun = true;
      at = HEADER_BYTES;
    }
    for (;;) {
      const next = this.readRow(data, at);
      if (next === at) break;
      at = next;
    }
    this.rest = at === data.length ? NOTHING : data.subarray(at);
  }

  /** Where the next row begins; the same place: the row is not whole, or it was the end. */
  private readRow(data: Buffer, start: number): number {
    const { places, asked } = this;
    let at = start + 2;
    if (at > data.length || data.readInt16BE(start) === -1) return start;
    for (let field = 0; field < places.length; field += 1) {
      if (at + 4 > data.length) return start;
      const length = data.readInt32BE(at);
      places[field] = at + 4;
      at += 4 + length;
      if (at > data.length) return start;
    }
    this.rows += 1;
    const found = asked.find(data, places[0] ?? 0);
    if (found === undefined) return at;
    const instant = places[1] ?? 0;
    const micros = data.readInt32BE(instant) * 4_294_967_296 + data.readUInt32BE(instant + 4);
    const when = EPOCH_2000_MS + Math.round(micros / 1_000);
    const name = this.onlyName ?? textAt(data, places[2] ?? 0);
    const event = asked.bare
      ? { ...NO_BODY, at: when, name }
      : decodeFact({
          at: when,
          messageId: textAt(data, places[3] ?? 0),
          name,
          body: textAt(data, places[4] ?? 0),
        });
    asked.take(found, event);
    return at;
  }
}

/** A field's text; its length stands before it. */
function textAt(data: Buffer, at: number): string {
  return data.toString('utf8', at, at + data.readInt32BE(at - 4));
}

const NO_BODY: Omit<EventFact, 'at' | 'name'> = {
  id: '',
  type: 'track',
  trust: 'server',
  properties: {},
  traits: {},
  identities: [],
};
