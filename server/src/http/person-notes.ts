// Notes about one person: what the team wants to remember. They stand on the timeline, who wrote them may change them, and what is
// deleted can be put back. Never part of a person's state.
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { findNote, insertNote, purgeNotes, updateNote } from '../postgres/notes.ts';
import type { NoteRow } from '../postgres/notes.ts';
import type { Connection } from '../postgres/pool.ts';
import { actorId, actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { notFound, printId, readId } from './ids.ts';
import { getSubject } from './person-act.ts';
import type { Subject } from './person-view.ts';
import { iso, isoOrNull } from './wire.ts';

export const noteSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    by: z.object({ id: z.string(), name: z.string() }),
    at: z.string(),
    edited_at: z.string().nullable(),
  })
  .meta({ id: 'Note' });

const textSchema = z.object({ text: z.string().trim().min(1).max(5_000) });
const paramsSchema = z.object({ id: z.string().max(100) });
const noteParamsSchema = paramsSchema.extend({ note: z.string().max(100) });

export function registerPersonNotes(app: App, deps: HttpDeps): void {
  app.post(
    '/api/people/:id/notes',
    {
      schema: {
        tags: ['people'],
        summary: 'Write a note about someone',
        params: paramsSchema,
        body: textSchema,
        response: { 201: noteSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { key } = await getSubject(deps, actor.workspaceId, request.params.id);
      const id = deps.newId();
      const at = new Date(deps.now());
      const body = clean(request.body.text);
      const [byUser, byName] = [actorId(actor), actor.name];
      await changeOther(deps, actor, what('note', key.id, id), (client) =>
        insertNote(client, actor.workspaceId, { person: key, id, body, byUser, byName, at }),
      );
      reply.code(201);
      return viewNote({ id, body, by_user: byUser, by_name: byName, at, edited_at: null });
    },
  );

  app.put(
    '/api/people/:id/notes/:note',
    {
      schema: {
        tags: ['people'],
        summary: 'Change a note: who wrote it, an owner or an admin',
        params: noteParamsSchema,
        body: textSchema,
        response: { 200: noteSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const body = clean(request.body.text);
      const editedAt = new Date(deps.now());
      const changed = await changeNote(deps, actor, request.params, 'note_edit', (client, note) =>
        updateNote(client, actor.workspaceId, note, { body, editedAt }),
      );
      return viewNote({ ...changed, body, edited_at: editedAt });
    },
  );

  app.delete(
    '/api/people/:id/notes/:note',
    {
      schema: {
        tags: ['people'],
        summary: 'Delete a note; it can be put back for a day',
        params: noteParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await changeNote(deps, actor, request.params, 'note_delete', async (client, note) => {
        await purgeNotes(client, actor.workspaceId, deps.now());
        await updateNote(client, actor.workspaceId, note, { deletedAt: new Date(deps.now()) });
      });
      reply.code(204);
      return null;
    },
  );

  app.post(
    '/api/people/:id/notes/:note/restore',
    {
      schema: {
        tags: ['people'],
        summary: 'Put a deleted note back',
        params: noteParamsSchema,
        response: { 200: noteSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      return viewNote(
        await changeNote(deps, actor, request.params, 'note_restore', (client, note) =>
          updateNote(client, actor.workspaceId, note, { deletedAt: null }),
        ),
      );
    },
  );
}

type Verb = 'note' | 'note_edit' | 'note_delete' | 'note_restore';

/** The log says that there was a note, never what stands in it. */
function what(verb: Verb, person: string, note: string) {
  return {
    action: `person.${verb}`,
    subject: printId('per', person),
    detail: { note: printId('not', note) },
  };
}

/** A restore looks for a deleted one, everything else for one that is there. */
async function changeNote(
  deps: HttpDeps,
  actor: Actor,
  params: z.infer<typeof noteParamsSchema>,
  verb: Verb,
  work: (client: Connection, note: NoteRow) => Promise<void>,
): Promise<NoteRow> {
  const { key, keys }: Subject = await getSubject(deps, actor.workspaceId, params.id);
  const id = readId('not', params.note);
  return changeOther(deps, actor, what(verb, key.id, id), async (client) => {
    const note = await findNote(client, actor.workspaceId, { keys, id });
    const isThere = note !== undefined && (note.deleted_at !== null) === (verb === 'note_restore');
    if (!isThere) throw notFound('note', params.note);
    if (note.by_user !== actorId(actor) && actor.role !== 'owner' && actor.role !== 'admin')
      throw notYours(note);
    await work(client, note);
    return note;
  });
}

export function viewNote(note: Omit<NoteRow, 'bucket' | 'person_id'>): z.infer<typeof noteSchema> {
  return {
    id: printId('not', note.id),
    text: note.body,
    by: { id: note.by_user, name: note.by_name },
    at: iso(note.at),
    edited_at: isoOrNull(note.edited_at),
  };
}

function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function notYours(note: NoteRow): ProblemError {
  return new ProblemError({
    code: 'not_allowed',
    message: 'This note was written by someone else.',
    hint: `Ask ${note.by_name}, an owner or an admin to change it, or write a note of your own.`,
  });
}
