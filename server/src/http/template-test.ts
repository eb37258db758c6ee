// A letter sent to oneself, as it would read to the person chosen. It goes to whoever asks and to nobody else, is marked as a test,
// and its links lead nowhere: whoever tries the unsubscribe link must not unsubscribe a customer.
import { z } from 'zod';
import { derivedSecret } from '../config.ts';
import { letterHeaders } from '../content/headers.ts';
import { toTemplateSource } from '../content/stored.ts';
import { ProblemError } from '../errors.ts';
import { insertMailbox } from '../postgres/mailbox.ts';
import { addressHash, getSendingWorkspace, isAllowed, isSuppressed } from '../postgres/sending.ts';
import type { SendingWorkspace } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';
import { printId } from './ids.ts';
import { draftSchema, getTemplate, invalidTemplate, sourceOf, templateParams } from './template-parts.ts';
import { previewFor } from './template-preview.ts';

/** Of one user: enough to try a letter on every mail reader at hand, too few to annoy a mail server. */
const testsMax = 20;
const testsWindowMs = 600_000;

const sentTestSchema = z.object({
  id: z.string(),
  to: z.string(),
  /** A copy is in the built-in mailbox whatever became of it. */
  went: z.enum(['mailbox', 'sent', 'failed', 'uncertain']),
  /** Why it did not leave, or what is not known; null: nothing to say. */
  note: z.string().nullable(),
});
type Went = Pick<z.infer<typeof sentTestSchema>, 'went' | 'note'>;

export function registerTemplateTest(app: App, deps: HttpDeps): void {
  app.post(
    '/api/templates/:key/test',
    {
      config: { rateLimit: { max: testsMax, timeWindow: testsWindowMs, errorResponseBuilder: tooMany } },
      schema: {
        tags: ['content'],
        summary: 'Send it to yourself, saved or not, as it would read to a person',
        params: templateParams,
        body: z
          .strictObject({ person: z.string().max(100).optional(), draft: draftSchema.optional() })
          .nullish(),
        response: { 201: sentTestSchema },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { person, draft } = request.body ?? {};
      const stored = toTemplateSource(await getTemplate(deps, actor, request.params.key));
      const { key, name, version } = stored;
      const source = draft === undefined ? stored : sourceOf(draft, { key, name, version });
      const { preview, subject } = await previewFor(deps, actor, source, person);
      const { html, text } = preview;
      if (html === null || text === null || preview.subject === null) throw invalidTemplate(preview.problems);

      const workspace = await getSendingWorkspace(deps.pools.console, actor.workspaceId);
      const id = deps.newId();
      const to = {
        name: actor.name,
        address: actor.kind === 'user' ? actor.email : 'test@localhost',
      };
      const letter = { id, to, subject: `[Test] ${preview.subject}`, html, text };
      const about = subject?.key ?? { bucket: 0, id };
      const what = {
        action: 'template.test',
        subject: key,
        detail: { person: subject === null ? null : printId('per', subject.key.id) },
      };
      // The copy first: whatever becomes of the hand-over, there is something to look at.
      await changeOther(deps, actor, what, (connection) =>
        insertMailbox(connection, actor.workspaceId, [
          {
            bucket: about.bucket,
            messageId: id,
            person: about,
            at: deps.now(),
            sentTo: to.address,
            subject: letter.subject,
            html,
            text,
            headers: {
              ...letterHeaders({
                from: workspace.sending.from,
                business: workspace.name,
                to,
                subject: letter.subject,
                unsubscribeUrl: null,
              }),
              'X-Rapport-Test': 'yes',
            },
          },
        ]),
      );
      const went = await handOver(deps, actor, workspace, letter);
      return reply.code(201).send({ id: printId('msg', id), to: to.address, ...went });
    },
  );
}

/** By the same switch as every letter: in the mailbox mode nothing leaves, in the test mode only to its list. */
async function handOver(
  deps: HttpDeps,
  actor: Actor,
  workspace: SendingWorkspace,
  letter: {
    readonly id: string;
    readonly to: { readonly name: string; readonly address: string };
    readonly subject: string;
    readonly html: string;
    readonly text: string;
  },
): Promise<Went> {
  const { mode, allow, from, reply_to } = workspace.sending;
  if (mode === 'mailbox') return { went: 'mailbox', note: null };
  if (actor.kind !== 'user') return { went: 'mailbox', note: 'A key has no address of its own.' };
  if (from === null || deps.handTest === undefined)
    return { went: 'mailbox', note: 'There is no mail server to send it with.' };
  if (mode === 'test' && !isAllowed(allow, letter.to.address))
    return {
      went: 'mailbox',
      note: 'Test mode sends only to the addresses on its list, and yours is not on it.',
    };
  const hash = addressHash(derivedSecret(deps.config.secret, 'addresses'), letter.to.address);
  if (await isSuppressed(deps.pools.console, { workspaceId: workspace.id, channel: 'email', hash }))
    return {
      went: 'mailbox',
      note: 'Nothing is sent to your address any more: letters to it came back, or were marked as spam.',
    };
  const outcome = await deps.handTest({
    ...letter,
    from,
    ...(reply_to === null ? {} : { replyTo: reply_to }),
    sentAt: new Date(deps.now()),
  });
  switch (outcome.kind) {
    case 'sent':
      return { went: 'sent', note: null };
    case 'failed':
      return { went: 'failed', note: `The mail server did not take it: ${outcome.detail}` };
    case 'uncertain':
      return { went: 'uncertain', note: `The line broke while it was handed over: ${outcome.detail}` };
  }
}

function tooMany(_request: unknown, context: { readonly ttl: number; readonly max: number }): ProblemError {
  const minutes = Math.max(1, Math.ceil(context.ttl / 60_000));
  return new ProblemError({
    code: 'too_many_requests',
    message: `You sent yourself ${context.max} letters within ten minutes.`,
    hint: `Go on in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. Those that were sent are in the mailbox.`,
  });
}
