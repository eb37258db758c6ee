// Claims what is due and renders it while claimed: whatever can go wrong with a template goes wrong before the last look.
import { addressOf, decodePerson } from '@rapport/engine';
import type { Person, Program } from '@rapport/engine';
import { printProblem } from '../content/problem.ts';
import { renderData, traitsOf } from '../content/render-data.ts';
import { rhythmData } from '../content/rhythm-data.ts';
import { toTemplateSource } from '../content/stored.ts';
import { renderMessage } from '../content/template.ts';
import type { CompileResult } from '../content/template.ts';
import { claimMessages, findDue, loadStates } from '../postgres/messages.ts';
import type { ClaimedMessage, MessageKey } from '../postgres/messages.ts';
import { listSendingWorkspaces } from '../postgres/sending.ts';
import type { SendingWorkspace } from '../postgres/sending.ts';
import { findNewestVersions, findTemplate } from '../postgres/templates.ts';
import type { Content, Ready, SenderDeps } from './sender-deps.ts';
import { SENDER_LIMITS } from './sender-deps.ts';

/** Messages rendered before others have their turn: about a millisecond. */
const RENDER_AT_ONCE = 8;

/** A claim that failed after it began: it may have been committed all the same. */
export interface LostClaim {
  readonly workspaceId: string;
  readonly keys: readonly MessageKey[];
  readonly leaseUntil: number;
}

/** Workspace by workspace; a claim that fails goes to `lost` and is thrown. */
export async function* claimAndRender(
  deps: SenderDeps,
  lost: (claim: LostClaim) => void,
): AsyncGenerator<readonly Ready[]> {
  for (const workspace of await listSendingWorkspaces(deps.pool)) yield await claimOne(deps, workspace, lost);
}

/** Letters wait while there is nowhere to send them: live without an SMTP server. */
export function channelsOf(deps: SenderDeps, workspace: SendingWorkspace): readonly string[] {
  return workspace.sending.mode === 'live' && deps.email === null ? ['webhook'] : ['email', 'webhook'];
}

async function claimOne(
  deps: SenderDeps,
  workspace: SendingWorkspace,
  lost: (claim: LostClaim) => void,
): Promise<readonly Ready[]> {
  const limits = { ...SENDER_LIMITS, ...deps.limits };
  const now = deps.now();
  const keys = await findDue(deps.pool, {
    workspaceId: workspace.id,
    now,
    channels: channelsOf(deps, workspace),
    limit: limits.claimMax,
  });
  if (keys.length === 0) return [];
  deps.crash('sender.before_claim');
  const claim = { workspaceId: workspace.id, keys, leaseUntil: now + limits.claimLeaseMs };
  try {
    const claimed = await claimMessages(deps.pool, { ...claim, now });
    deps.crash('sender.after_claim');
    return await renderAll(deps, workspace, claimed);
  } catch (error) {
    lost(claim);
    throw error;
  }
}

async function renderAll(
  deps: SenderDeps,
  workspace: SendingWorkspace,
  claimed: readonly ClaimedMessage[],
): Promise<readonly Ready[]> {
  const [templates, people] = await Promise.all([
    templatesOf(deps, workspace.id, claimed),
    loadStates(
      deps.pool,
      workspace.id,
      claimed.map((message) => message.person),
    ),
  ]);
  const program = await deps.programs.get(workspace.id);
  const ready: Ready[] = [];
  for (const [at, message] of claimed.entries()) {
    // Rendering is computing: without a pause, replies of the mail server would wait for the whole batch.
    if (at % RENDER_AT_ONCE === RENDER_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    const state = people.get(message.person.id);
    const person = state === undefined || state === '{}' ? null : decodePerson(state);
    const address = person === null ? '' : (addressOf(person.memory, message.channel) ?? '');
    const content = contentOf(deps, workspace, { message, person, program }, templates);
    ready.push({ workspace, claimed: message, content, address });
  }
  return ready;
}

async function templatesOf(
  deps: SenderDeps,
  workspaceId: string,
  claimed: readonly ClaimedMessage[],
): Promise<ReadonlyMap<string, CompileResult | undefined>> {
  const keys = [
    ...new Set(claimed.flatMap((message) => (message.template === null ? [] : [message.template]))),
  ];
  const versions = await findNewestVersions(deps.pool, workspaceId, keys);
  const templates = new Map<string, CompileResult | undefined>();
  for (const key of keys) templates.set(key, await templateOf(deps, workspaceId, key, versions.get(key)));
  return templates;
}

function templateOf(
  deps: SenderDeps,
  workspaceId: string,
  key: string,
  version: number | undefined,
): Promise<CompileResult | undefined> {
  if (version === undefined) return Promise.resolve(undefined);
  return deps.templates.get({ workspaceId, key, version }, async () => {
    const row = await findTemplate(deps.pool, { workspaceId, key, version });
    return row === undefined ? undefined : toTemplateSource(row);
  });
}

function contentOf(
  deps: SenderDeps,
  workspace: SendingWorkspace,
  about: { readonly message: ClaimedMessage; readonly person: Person | null; readonly program: Program },
  templates: ReadonlyMap<string, CompileResult | undefined>,
): Content {
  const { message, person, program } = about;
  if (message.channel === 'webhook') return webhookContent(deps, message, person);
  const compiled = message.template === null ? undefined : templates.get(message.template);
  if (compiled === undefined)
    return { kind: 'unrenderable', detail: `There is no template "${message.template}".` };
  if (!compiled.ok) return { kind: 'unrenderable', detail: compiled.problems.map(printProblem).join(' ') };
  const context = {
    publicUrl: deps.publicUrl,
    linkKey: deps.linkKey,
    workspace: {
      id: workspace.id,
      name: workspace.name,
      timeZone: workspace.timeZone,
      postalAddress: workspace.sending.postal_address,
      brand: workspace.brand,
    },
  };
  const { data, unsubscribeUrl } = renderData(
    context,
    { ...message, messageId: message.id, personId: message.person.id },
    person,
    person === null || !compiled.template.speaksOfRhythm ? null : rhythmData(program, person, deps.now()),
  );
  const rendered = renderMessage(compiled.template, data);
  if (!rendered.ok) return { kind: 'unrenderable', detail: printProblem(rendered.problem) };
  const name = person === null ? '' : traitsOf(person)['name'];
  return {
    kind: 'email',
    message: rendered.message,
    unsubscribeUrl: message.marketing ? unsubscribeUrl : null,
    toName: typeof name === 'string' ? name : '',
  };
}

function webhookContent(deps: SenderDeps, message: ClaimedMessage, person: Person | null): Content {
  if (message.webhook === null) return { kind: 'unrenderable', detail: 'The webhook has no URL.' };
  const identities =
    person === null
      ? {}
      : Object.fromEntries(Object.entries(person.memory.identities).map(([kind, [value]]) => [kind, value]));
  const payload = {
    type: 'journey.webhook',
    id: `msg_${message.id}`,
    timestamp: new Date(deps.now()).toISOString(),
    data: {
      journey: message.journey,
      node: message.node,
      run: message.run === null ? null : `run_${message.run}`,
      person: {
        id: `per_${person?.id ?? message.person.id}`,
        email: person === null ? null : addressOf(person.memory, 'email'),
        identities,
        traits: person === null ? {} : traitsOf(person),
      },
    },
  };
  return { kind: 'webhook', url: message.webhook.url, payload };
}
