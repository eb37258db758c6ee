// What this installation is and how far behind it is: versions, the program's upgrade, lag, pools, disk, clock; and the audit log.
import process from 'node:process';
import { z } from 'zod';
import { listAudit } from '../postgres/audit.ts';
import type { AuditRow } from '../postgres/audit.ts';
import { namesOf, namesOfSubjects, subjectKey } from '../postgres/names.ts';
import type { Subject } from '../postgres/names.ts';
import {
  listApplied,
  loadAppointments,
  loadSendingLag,
  loadServer,
  loadUpgrade,
} from '../postgres/system.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { pageOf, pageQuery, readTimeCursor, toPage } from './paging.ts';
import { iso, isoOrNull } from './wire.ts';

const systemSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    time_zone_data: z.string(),
    postgres: z.string(),
    migrations: z.array(z.string()),
    program: z.object({ version: z.number().int(), people: z.number().int(), behind: z.number().int() }),
    appointments: z.object({
      due: z.number().int(),
      lag_ms: z.number(),
      next_at: z.string().nullable(),
    }),
    sending: z.object({
      queued: z.number().int(),
      oldest_due_at: z.string().nullable(),
      uncertain: z.number().int(),
    }),
    pools: z.array(
      z.object({
        name: z.string(),
        total: z.number().int(),
        idle: z.number().int(),
        waiting: z.number().int(),
      }),
    ),
    workers: z.record(z.string(), z.object({ state: z.string(), detail: z.string().optional() })),
    clock: z.object({ offset_ms: z.number(), paused: z.boolean() }),
    disk: z.object({ free_bytes: z.number(), total_bytes: z.number() }).nullable(),
    database_bytes: z.number(),
  })
  .meta({ id: 'System' });

const auditSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    by: z.string().nullable(),
    action: z.string(),
    subject: z.string(),
    /** What it is called now; null: it has no name, or is gone. */
    subject_name: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

export function registerSystem(app: App, deps: HttpDeps): void {
  const db = deps.pools.console;

  app.get(
    '/api/system',
    { schema: { tags: ['system'], summary: 'State of this installation', response: { 200: systemSchema } } },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const now = deps.now();
      const at = new Date(now);
      const [server, migrations, program, appointments, sending] = await Promise.all([
        loadServer(db),
        listApplied(db),
        loadUpgrade(db, workspaceId),
        loadAppointments(db, at),
        loadSendingLag(db, workspaceId, at),
      ]);
      const { oldest_due_at: oldest } = appointments;
      const report = deps.system();
      return {
        version: deps.config.version,
        node: process.version,
        time_zone_data: process.versions['tz'] ?? 'unknown',
        postgres: server.version,
        migrations: [...migrations],
        program,
        appointments: {
          due: appointments.due,
          lag_ms: oldest === null ? 0 : Math.max(0, now - oldest.getTime()),
          next_at: isoOrNull(appointments.next_at),
        },
        sending: { ...sending, oldest_due_at: isoOrNull(sending.oldest_due_at) },
        pools: Object.entries(deps.pools).map(([name, pool]) => ({
          name,
          total: pool.totalCount,
          idle: pool.idleCount,
          waiting: pool.waitingCount,
        })),
        workers: { ...report.workers },
        clock: report.clock,
        disk: report.disk,
        database_bytes: server.database_bytes,
      };
    },
  );

  app.get(
    '/api/audit',
    {
      schema: {
        tags: ['system'],
        summary: 'Who changed what, newest first',
        querystring: pageQuery,
        response: { 200: pageOf(auditSchema) },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { limit, cursor } = request.query;
      const page = { workspaceId, before: readTimeCursor(cursor), limit: limit + 1 };
      const [rows, names] = await Promise.all([listAudit(db, page), namesOf(db, workspaceId)]);
      const called = await namesOfSubjects(db, workspaceId, rows.map(subjectIn));
      return toPage(rows, {
        limit,
        cursor: (row) => [iso(row.at), row.id],
        item: (row) => ({
          id: printId('aud', row.id),
          at: iso(row.at),
          by: row.by_user === null ? null : (names.get(row.by_user) ?? row.by_user),
          action: row.action,
          subject: row.subject,
          subject_name: called.get(subjectKey(subjectIn(row))) ?? nameIn(row.detail),
          detail: { ...row.detail },
        }),
      });
    },
  );
}

/** `journey.activate` of `welcome` was done to a journey. */
function subjectIn({ action, subject }: AuditRow): Subject {
  return { noun: action.split('.')[0] ?? '', subject };
}

/** Written down with what does not stay: an invitation that was taken up, a view that was deleted. */
function nameIn(detail: AuditRow['detail']): string | null {
  const name = detail['name'] ?? detail['email'];
  return typeof name === 'string' ? name : null;
}
