// A large population without waiting for it: the server itself folds a few hundred people from real events, and what it
// stored for them is copied under fresh ids. So states, identities, memberships and profiles are exactly what it writes.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { uuidv7 } from 'uuidv7';
import { bucketOf, identityBucket } from '../../src/postgres/bucket.ts';

export interface PopulationOptions {
  /** User ids of the people to copy begin with this; each ends in a number and they have the same length. */
  readonly samplePrefix: string;
  /** User ids of the copies: this and a running number of the same width as the sample's. */
  readonly copyPrefix: string;
  readonly people: number;
  /** Rows that only lists and searches read: left out where a million people only have to wait. */
  readonly lists: boolean;
  /** Copy also people whose appointment is near. */
  readonly soon?: boolean;
  /** Copy their stored events as well, so that they lie on the disk in order of time, as if they had come in. */
  readonly events?: boolean;
}

interface Sample {
  readonly id: string;
  readonly userId: string;
  readonly row: readonly string[];
  readonly identities: readonly (readonly string[])[];
  readonly memberships: readonly (readonly string[])[];
  readonly profile: readonly string[] | undefined;
  readonly events: readonly (readonly string[])[];
}

interface Plan {
  readonly table: string;
  readonly columns: readonly string[];
  rowsOf(sample: Sample, copy: Copy): readonly (readonly string[])[];
}

interface Copy {
  readonly id: string;
  readonly bucket: string;
  readonly userId: string;
}

export const idDigits = 7;

export function userIdOf(prefix: string, n: number): string {
  return `${prefix}${String(n).padStart(idDigits, '0')}`;
}

/** Loads the copies by COPY; returns the average length of a state in characters. */
export async function copyPeople(client: pg.Client, options: PopulationOptions): Promise<number> {
  const samples = await readSamples(client, { prefix: options.samplePrefix, soon: options.soon ?? false });
  const events = options.events ?? false;
  if (events) await client.query(`create unlogged table ${staging} (like events)`);
  const copies = Array.from({ length: options.people }, (_, n): Copy => {
    const id = uuidv7();
    return { id, bucket: String(bucketOf(id)), userId: userIdOf(options.copyPrefix, n) };
  });
  for (const plan of plans(samples.columns, { lists: options.lists, events })) {
    const sink = client.query(
      copyFrom(`copy ${plan.table} (${plan.columns.map(quote).join(', ')}) from stdin`),
    );
    await writeRows(sink, plan, { samples: samples.items, copies });
  }
  if (events) {
    await client.query(`insert into events select * from ${staging} order by at, message_id`);
    await client.query(`drop table ${staging}`);
    await client.query('vacuum (analyze) events');
  }
  await client.query('vacuum (analyze) people, identities, memberships, profiles');
  const stateAt = samples.columns.people.indexOf('state');
  return samples.items.reduce((sum, { row }) => sum + (row[stateAt] ?? '').length, 0) / samples.items.length;
}

const staging = 'bench_events';

async function writeRows(
  sink: Writable,
  plan: Plan,
  people: { readonly samples: readonly Sample[]; readonly copies: readonly Copy[] },
): Promise<void> {
  let chunk = '';
  for (const [n, copy] of people.copies.entries()) {
    const sample = people.samples[n % people.samples.length];
    if (sample === undefined) throw new Error('there is nobody to copy');
    for (const row of plan.rowsOf(sample, copy)) chunk += `${row.join('\t')}\n`;
    if (chunk.length < 256 * 1024) continue;
    if (!sink.write(chunk)) await once(sink, 'drain');
    chunk = '';
  }
  sink.end(chunk);
  await finished(sink);
}

type Columns = Record<'people' | 'identities' | 'memberships' | 'profiles' | 'events', readonly string[]>;

function plans(
  columns: Columns,
  wanted: { readonly lists: boolean; readonly events: boolean },
): readonly Plan[] {
  const people: Plan = {
    table: 'people',
    columns: columns.people,
    rowsOf: (sample, copy) => [replaced(sample.row, columns.people, sample, { ...copy, key: 'id' })],
  };
  const identities: Plan = {
    table: 'identities',
    columns: columns.identities,
    rowsOf: (sample, copy) =>
      sample.identities.map((row) => identityRow(row, columns.identities, { sample, copy })),
  };
  const memberships: Plan = {
    table: 'memberships',
    columns: columns.memberships,
    rowsOf: (sample, copy) =>
      sample.memberships.map((row) =>
        replaced(row, columns.memberships, sample, { ...copy, key: 'person_id' }),
      ),
  };
  const profiles: Plan = {
    table: 'profiles',
    columns: columns.profiles,
    rowsOf: (sample, copy) =>
      sample.profile === undefined
        ? []
        : [replaced(sample.profile, columns.profiles, sample, { ...copy, key: 'person_id' })],
  };
  const events: Plan = {
    table: staging,
    columns: columns.events,
    rowsOf: (sample, copy) =>
      sample.events.map((row) => replaced(row, columns.events, sample, { ...copy, key: 'person_id' })),
  };
  return [
    people,
    identities,
    ...(wanted.lists ? [memberships, profiles] : []),
    ...(wanted.events ? [events] : []),
  ];
}

/** Every mention of the sample, in ids and inside the state, becomes the copy. */
function replaced(
  row: readonly string[],
  columns: readonly string[],
  sample: Sample,
  copy: Copy & { readonly key: string },
): readonly string[] {
  return row.map((value, index) => {
    if (columns[index] === 'bucket') return copy.bucket;
    if (columns[index] === copy.key) return copy.id;
    return value.includes(sample.userId) || value.includes(sample.id)
      ? value.replaceAll(sample.userId, copy.userId).replaceAll(sample.id, copy.id)
      : value;
  });
}

function identityRow(
  row: readonly string[],
  columns: readonly string[],
  who: { readonly sample: Sample; readonly copy: Copy },
): readonly string[] {
  const at = (column: string): number => columns.indexOf(column);
  const made = row.map((value) => value.replaceAll(who.sample.userId, who.copy.userId));
  made[at('bucket')] = String(identityBucket(made[at('kind')] ?? '', made[at('value')] ?? ''));
  made[at('person_bucket')] = who.copy.bucket;
  made[at('person_id')] = who.copy.id;
  return made;
}

async function readSamples(
  client: pg.Client,
  from: { readonly prefix: string; readonly soon: boolean },
): Promise<{ readonly columns: Columns; readonly items: readonly Sample[] }> {
  const columns: Columns = {
    people: await columnsOf(client, 'people'),
    identities: await columnsOf(client, 'identities'),
    memberships: await columnsOf(client, 'memberships'),
    profiles: await columnsOf(client, 'profiles'),
    events: await columnsOf(client, 'events'),
  };
  const { rows } = await client.query<{ id: string; value: string }>(
    `select person_id as id, value from identities where kind = 'user_id' and value like $1 order by value`,
    [`${from.prefix}%`],
  );
  if (rows.length === 0) throw new Error(`nobody's user id begins with ${from.prefix}`);
  const wanted = rows.map((row) => row.id);
  const people = await readText(client, { table: 'people', columns: columns.people, key: 'id', wanted });
  const others = { key: 'person_id', wanted };
  const identities = await readText(client, { table: 'identities', columns: columns.identities, ...others });
  const memberships = await readText(client, {
    table: 'memberships',
    columns: columns.memberships,
    ...others,
  });
  const profiles = await readText(client, { table: 'profiles', columns: columns.profiles, ...others });
  const events = await readText(client, { table: 'events', columns: columns.events, ...others });
  const items = rows.flatMap(({ id, value }): Sample[] => {
    const row = people.get(id)?.[0];
    if (row === undefined) throw new Error(`person ${id} has no row`);
    if (!from.soon && isSoon(row[columns.people.indexOf('wake_at')])) return [];
    return [
      {
        id,
        userId: value,
        row,
        identities: identities.get(id) ?? [],
        memberships: memberships.get(id) ?? [],
        profile: profiles.get(id)?.[0],
        events: events.get(id) ?? [],
      },
    ];
  });
  return { columns, items };
}

/** Thousands of copies that come due in the middle of a measurement would be another measurement. */
function isSoon(wakeAt: string | undefined): boolean {
  if (wakeAt === undefined || wakeAt === '\\N') return false;
  return Date.parse(`${wakeAt.replace(' ', 'T')}:00`) < Date.now() + 7_200_000;
}

async function columnsOf(client: pg.Client, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
      order by attnum`,
    [table],
  );
  return rows.map((row) => row.name);
}

/** The rows in COPY's own text form, by person. */
async function readText(
  client: pg.Client,
  from: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly key: string;
    readonly wanted: readonly string[];
  },
): Promise<ReadonlyMap<string, readonly (readonly string[])[]>> {
  const list = from.columns.map((column) => `${quote(column)}::text`).join(', ');
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${list} from ${from.table} where ${from.key} = any($1::uuid[])`,
    values: [from.wanted],
    rowMode: 'array',
  });
  const keyAt = from.columns.indexOf(from.key);
  const found = new Map<string, string[][]>();
  for (const row of rows) {
    const key = row[keyAt] ?? '';
    const own = found.get(key) ?? [];
    own.push(row.map(escaped));
    found.set(key, own);
  }
  return found;
}

/** A value in COPY's text form. */
export function escaped(value: string | null): string {
  if (value === null) return '\\N';
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

function quote(column: string): string {
  return `"${column}"`;
}
