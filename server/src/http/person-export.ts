// A copy of everything that is known of one person, as JSON: what they may ask for. Streamed, with an entry in the log of changes before
// the first byte.
import { Readable } from 'node:stream';
import { z } from 'zod';
import { listPointEntries } from '../postgres/loyalty.ts';
import { listLetters } from '../postgres/person-letters.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { getSubject } from './person-act.ts';
import { listAddresses } from './person-addresses.ts';
import { viewSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { listTimeline } from './timeline.ts';
import { loadTimelineNames } from './timeline-names.ts';

const rowsAtOnce = 500;

export function registerPersonExport(app: App, deps: HttpDeps): void {
  app.get(
    '/api/people/:id/export',
    {
      schema: {
        tags: ['people'],
        summary: 'Everything that is known of one person, as JSON',
        params: z.object({ id: z.string().max(100) }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const subject = await getSubject(deps, actor.workspaceId, request.params.id);
      const id = printId('per', subject.key.id);
      await changeOther(deps, actor, { action: 'person.export', subject: id }, async () => undefined);
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="${id}.json"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(copyOf(deps, actor.workspaceId, subject)));
    },
  );
}

async function* copyOf(deps: HttpDeps, workspaceId: string, subject: Subject): AsyncGenerator<string> {
  const { messages: _newest, ...person } = await viewSubject(deps, workspaceId, subject);
  const addresses = await listAddresses(deps, deps.pools.console, workspaceId, subject);
  const head = { as_of: new Date(deps.now()).toISOString(), person, addresses };
  yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n "timeline": [`;
  yield* listed(timelineOf(deps, workspaceId, subject));
  yield '],\n "messages": [';
  yield* listed(lettersOf(deps, workspaceId, subject));
  yield '],\n "points": [';
  yield* listed(pointsOf(deps, workspaceId, subject));
  yield ']\n}\n';
}

async function* listed(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let first = true;
  for await (const items of pages)
    for (const item of items) {
      yield `${first ? '' : ','}\n  ${JSON.stringify(item)}`;
      first = false;
    }
}

/** Facts, decisions and notes, newest first. */
async function* timelineOf(deps: HttpDeps, workspaceId: string, subject: Subject) {
  const names = await loadTimelineNames(deps, workspaceId, subject);
  const page = { workspaceId, keys: subject.keys, limit: rowsAtOnce, names, show: undefined };
  let cursor: string | undefined;
  do {
    const { items, next_cursor }: Awaited<ReturnType<typeof listTimeline>> = await listTimeline(deps, {
      ...page,
      cursor,
    });
    yield items;
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
}

async function* lettersOf(deps: HttpDeps, workspaceId: string, { keys }: Subject) {
  let after: string | null = null;
  for (;;) {
    const page: Parameters<typeof listLetters>[2] = { keys, after, limit: rowsAtOnce };
    const rows = await listLetters(deps.pools.console, workspaceId, page);
    yield rows.map((row) => ({ ...row, id: printId('msg', row.id) }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = last.id;
  }
}

async function* pointsOf(deps: HttpDeps, workspaceId: string, { keys }: Subject) {
  let after: Parameters<typeof listPointEntries>[1]['after'] = null;
  for (;;) {
    const page: Parameters<typeof listPointEntries>[1] = { workspaceId, keys, after, limit: rowsAtOnce };
    const rows = await listPointEntries(deps.pools.console, page);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    after = { at: last.at.toISOString(), id: last.person_id, seq: last.seq };
  }
}
