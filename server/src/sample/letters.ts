// What the sample's messages would have said: letters as they would have gone out, rendered from the workspace's own
// templates. They stay in the built-in mailbox, and the older ones leave only their subject.
import { DAY_MS, type Decision, type Person } from '@rapport/engine';
import { letterHeaders } from '../content/headers.ts';
import { renderData, traitsOf, type RenderContext } from '../content/render-data.ts';
import { toTemplateSource } from '../content/stored.ts';
import { compileTemplate, renderMessage, renderSubject, type CompiledTemplate } from '../content/template.ts';
import type { PersonKey } from '../postgres/bucket.ts';
import type { MailboxInsert } from '../postgres/mailbox.ts';
import type { Queryable } from '../postgres/pool.ts';
import type { SendingWorkspace } from '../postgres/sending.ts';
import { findNewestVersions, findTemplate } from '../postgres/templates.ts';

/** Letters older than this leave their subject only: hundreds to read are enough. */
const KEPT_MS = 30 * DAY_MS;

export interface Letters {
  readonly context: RenderContext;
  readonly workspace: SendingWorkspace;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
}

export async function openLetters(
  db: Queryable,
  how: Pick<RenderContext, 'publicUrl' | 'linkKey'> & {
    readonly workspace: SendingWorkspace;
    readonly templateKeys: readonly string[];
  },
): Promise<Letters> {
  const { workspace, publicUrl, linkKey } = how;
  const templates = new Map<string, CompiledTemplate>();
  const versions = await findNewestVersions(db, workspace.id, how.templateKeys);
  for (const [key, version] of versions) {
    const row = await findTemplate(db, { workspaceId: workspace.id, key, version });
    const compiled = row === undefined ? undefined : await compileTemplate(toTemplateSource(row));
    if (compiled?.ok === true) templates.set(key, compiled.template);
  }
  const context: RenderContext = {
    publicUrl,
    linkKey,
    workspace: {
      id: workspace.id,
      name: workspace.name,
      timeZone: workspace.timeZone,
      postalAddress: workspace.sending.postal_address,
      brand: workspace.brand,
    },
  };
  return { context, workspace, templates };
}

export interface Letter {
  readonly bucket: number;
  readonly id: string;
  readonly sentTo: string;
  readonly subject: string;
  /** Null: too long ago to be kept. */
  readonly mail: MailboxInsert | null;
}

/** The letters that went, of one person's decisions. */
export function lettersOf(
  letters: Letters,
  key: PersonKey,
  lived: { readonly person: Person; readonly decisions: readonly Decision[]; readonly until: number },
): readonly Letter[] {
  const asked = new Map<string, Extract<Decision, { kind: 'message_requested' }>>();
  const found: Letter[] = [];
  for (const decision of lived.decisions) {
    if (decision.kind === 'message_requested') asked.set(decision.message.id, decision);
    if (decision.kind !== 'message_result') continue;
    const request = asked.get(decision.message);
    if (request === undefined || request.message.channel !== 'email') continue;
    const letter = letterOf(letters, key, { request, sentAt: decision.due_at, ...lived });
    if (letter !== null) found.push(letter);
  }
  return found;
}

function letterOf(
  { context, workspace, templates }: Letters,
  key: PersonKey,
  what: {
    readonly request: Extract<Decision, { kind: 'message_requested' }>;
    readonly sentAt: number;
    readonly person: Person;
    readonly until: number;
  },
): Letter | null {
  const { request, sentAt, person, until } = what;
  const { message, template, offer } = request;
  const compiled = template === null ? undefined : templates.get(template);
  const sentTo = person.memory.identities['email']?.[0];
  if (compiled === undefined || sentTo === undefined) return null;
  const { id, topic, channel, journey } = message;
  const about = { messageId: id, personId: key.id, channel, topic, journey, offer, requestedAt: message.at };
  const { data, unsubscribeUrl } = renderData(context, about, person, null);
  const { bucket } = key;
  if (sentAt < until - KEPT_MS) {
    const subject = renderSubject(compiled, data);
    return subject === null ? null : { bucket, id, sentTo, subject, mail: null };
  }
  const rendered = renderMessage(compiled, data);
  if (!rendered.ok) return null;
  const { subject, html, text } = rendered.message;
  const name = traitsOf(person)['name'];
  const headers = letterHeaders({
    from: workspace.sending.from,
    business: workspace.name,
    to: { name: typeof name === 'string' ? name : '', address: sentTo },
    subject,
    unsubscribeUrl: message.marketing ? unsubscribeUrl : null,
  });
  const mail = { bucket, messageId: id, person: key, at: sentAt, sentTo, subject, html, text, headers };
  return { bucket, id, sentTo, subject, mail };
}
