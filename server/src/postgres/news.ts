// What Postgres' clock says and what other processes may have written since, in one question: read without locks, from the heads of indexes and from small tables.
import type { Queryable } from './pool.ts';

export interface News {
  /** Postgres' wall clock in milliseconds, and how long the question took. */
  readonly at: number;
  readonly tookMs: number;
  /** Of the definitions. */
  readonly version: number;
  /** The earliest appointment of anybody, due or not; null: nobody waits. */
  readonly wakeAt: number | null;
  /** When the earliest message is due, or has been; null: none waits. */
  readonly messageAt: number | null;
  /** Another text: a whole history (a file, the sample store) came in or went. */
  readonly history: string;
}

/** Null: there is no such workspace. */
export async function askNews(client: Queryable, workspaceId: string): Promise<News | null> {
  const from = performance.now();
  const { rows } = await client.query<{
    clock: string;
    version: number;
    wake_at: Date | null;
    marketing_at: Date | null;
    other_at: Date | null;
    history: string;
  }>({
    name: 'news',
    text: `with appointment as (
             select min(wake_at) as at from people where wake_at is not null and merged_into is null),
           marketing as (
             select min(next_at) as at from messages
             where workspace_id = $1 and marketing and state in ('queued', 'claimed')),
           other as (
             select min(next_at) as at from messages
             where workspace_id = $1 and not marketing and state in ('queued', 'claimed')),
           file as (select max(finished_at) as at from imports where workspace_id = $1),
           sample as (
             select max(status) as status, max(finished_at) as at from sample_stores where workspace_id = $1)
           select (extract(epoch from clock_timestamp()) * 1000)::text as clock, w.program_version::int as version, appointment.at as wake_at,
                  marketing.at as marketing_at, other.at as other_at,
                  concat_ws(' ', file.at, sample.status, sample.at) as history
           from workspaces w, appointment, marketing, other, file, sample
           where w.id = $1`,
    values: [workspaceId],
  });
  const tookMs = performance.now() - from;
  const [row] = rows;
  if (row === undefined) return null;
  const messages = [row.marketing_at, row.other_at].flatMap((at) => (at === null ? [] : [at.getTime()]));
  return {
    at: Number(row.clock),
    tookMs,
    version: row.version,
    wakeAt: row.wake_at?.getTime() ?? null,
    messageAt: messages.length === 0 ? null : Math.min(...messages),
    history: row.history,
  };
}
