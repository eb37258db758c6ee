// Leaving, for people who are not signed in: the link in every marketing message. A GET changes nothing (link scanners
// open everything); a POST does, without cookies, from the page's button or from a mail reader (RFC 8058).
import { consentFor, decodePerson } from '@rapport/engine';
import type { ConsentChange, Person } from '@rapport/engine';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { escapeHtml } from '../content/liquid.ts';
import { linkKey, NOBODY, readLink, signLink } from '../content/unsubscribe-token.ts';
import type { LinkClaim, LinkPurpose } from '../content/unsubscribe-token.ts';
import { personKey } from '../postgres/bucket.ts';
import { loadStates } from '../postgres/messages.ts';
import { getSendingWorkspace } from '../postgres/sending.ts';
import { stepPeople } from '../postgres/steps.ts';
import { listTopicRows } from '../postgres/topics.ts';
import type { Topic } from '../postgres/topics.ts';
import type { App, HttpDeps } from './deps.ts';
import { sendPage } from './public-page.ts';

const paramsSchema = z.object({ token: z.string().max(400) });
const bodyMax = 16_384;
/** How a withdrawal by link is written down; only such a one can be undone by link. */
const UNSUBSCRIBE_BASIS = 'unsubscribe';

export async function registerUnsubscribe(app: App, deps: HttpDeps): Promise<void> {
  await app.register(async (scope: App) => {
    // Forms come as urlencoded or multipart, and mail readers send what they like: the body is read as text, and little of it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyMax }, (_request, body, done) =>
      done(null, String(body)),
    );
    registerLeaving(scope, deps);
    registerPreferences(scope, deps);
  });
}

function registerLeaving(app: App, deps: HttpDeps): void {
  const hidden = { schema: { hide: true, params: paramsSchema } };

  app.get('/u/:token', hidden, async (request, reply) => {
    const visit = await visitOf(deps, request.params.token, 'unsubscribe');
    if (visit === undefined) return notALink(deps, reply, request.params.token);
    const left =
      consentFor(visit.person.standing, visit.claim.channel, visit.claim.topic)?.status === 'withdrawn';
    return left ? showLeft(deps, reply, visit) : showQuestion(deps, reply, visit);
  });

  app.post('/u/:token', hidden, async (request, reply) => {
    const visit = await visitOf(deps, request.params.token, 'unsubscribe');
    if (visit === undefined) return notALink(deps, reply, request.params.token);
    const oneClick = fields(request.body).get('List-Unsubscribe') === 'One-Click';
    await consent(deps, visit, [
      {
        ...subjectOf(visit.claim),
        status: 'withdrawn',
        basis: UNSUBSCRIBE_BASIS,
        source: oneClick ? 'one_click' : 'unsubscribe_page',
      },
    ]);
    if (oneClick)
      return reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('cache-control', 'no-store')
        .send('You are unsubscribed.\n');
    return showLeft(deps, reply, visit);
  });

  app.post('/u/:token/undo', hidden, async (request, reply) => {
    const visit = await visitOf(deps, request.params.token, 'unsubscribe');
    if (visit === undefined) return notALink(deps, reply, request.params.token);
    const current = consentFor(visit.person.standing, visit.claim.channel, visit.claim.topic);
    // Only what was withdrawn by this kind of link comes back by it: the link is no way to consent for someone.
    if (current?.status === 'withdrawn' && current.basis === UNSUBSCRIBE_BASIS) {
      await consent(deps, visit, [
        { ...subjectOf(visit.claim), status: 'given', basis: 'undone', source: 'unsubscribe_page' },
      ]);
    }
    return sendPage(reply, 200, {
      business: visit.business,
      title: 'You stay with us.',
      body: `<p>We go on writing to you about ${topicName(visit)}, now and then.</p>${preferencesLink(deps, visit)}`,
    });
  });
}

function registerPreferences(app: App, deps: HttpDeps): void {
  const hidden = { schema: { hide: true, params: paramsSchema } };

  app.get('/preferences/:token', hidden, async (request, reply) => {
    const visit = await visitOf(deps, request.params.token, 'preferences');
    if (visit === undefined) return notALink(deps, reply, request.params.token);
    return showPreferences(reply, visit, request.params.token);
  });

  app.post('/preferences/:token', hidden, async (request, reply) => {
    const visit = await visitOf(deps, request.params.token, 'preferences');
    if (visit === undefined) return notALink(deps, reply, request.params.token);
    const form = fields(request.body);
    const wanted = form.has('nothing') ? [] : form.getAll('topic');
    await consent(deps, visit, changesFor(visit, wanted));
    const named = visit.topics
      .filter((topic) => wanted.includes(topic.key))
      .map((topic) => escapeHtml(topic.name));
    return sendPage(reply, 200, {
      business: visit.business,
      title: 'Noted.',
      body:
        (named.length === 0
          ? '<p>We will not write to you about anything any more. News about your orders still reaches you.</p>'
          : `<p>From now on we write to you about: ${named.join(', ')}.</p>`) +
        `<p class="after"><a href="/preferences/${escapeHtml(request.params.token)}">Change it again</a></p>`,
    });
  });
}

/** Only what differs is written down: pressing Save without a change is no new consent. */
function changesFor(visit: Visit, wanted: readonly string[]): readonly ConsentChange[] {
  return visit.topics.flatMap(({ key }): ConsentChange[] => {
    const given = consentFor(visit.person.standing, visit.claim.channel, key)?.status === 'given';
    const wants = wanted.includes(key);
    if (given === wants) return [];
    const status = wants ? 'given' : 'withdrawn';
    return [
      {
        channel: visit.claim.channel,
        topic: key,
        status,
        basis: 'preference_page',
        source: 'preference_page',
      },
    ];
  });
}

interface Visit {
  readonly claim: LinkClaim;
  readonly person: Person;
  readonly business: string;
  readonly topics: readonly Topic[];
}

/** Undefined: not a link of ours, or its person is gone. */
async function visitOf(deps: HttpDeps, token: string, purpose: LinkPurpose): Promise<Visit | undefined> {
  const claim = readLink(linkKey(deps.config.secret), token, purpose);
  if (claim === undefined) return undefined;
  const db = deps.pools.console;
  const states = await loadStates(db, claim.workspaceId, [personKey(claim.personId)]);
  const state = states.get(claim.personId);
  if (state === undefined || state === '{}') return undefined;
  const workspace = await getSendingWorkspace(db, claim.workspaceId);
  return {
    claim,
    person: decodePerson(state),
    business: workspace.name,
    topics: await listTopicRows(db, claim.workspaceId),
  };
}

async function consent(deps: HttpDeps, visit: Visit, changes: readonly ConsentChange[]): Promise<void> {
  if (changes.length === 0) return;
  const { workspaceId, personId } = visit.claim;
  const stepDeps = { pool: deps.pools.console, programs: deps.programs, now: deps.now };
  await stepPeople(stepDeps, workspaceId, [
    { person: personKey(personId), input: { kind: 'consent', changes } },
  ]);
}

function subjectOf(claim: LinkClaim): Pick<ConsentChange, 'channel' | 'topic'> {
  return { channel: claim.channel, topic: claim.topic };
}

function showQuestion(deps: HttpDeps, reply: FastifyReply, visit: Visit): FastifyReply {
  return sendPage(reply, 200, {
    business: visit.business,
    title: 'No more letters like this one?',
    body: `<p>We will not write to you about ${topicName(visit)} any more.</p>
<form method="post"><button class="main" type="submit">Unsubscribe</button></form>
${preferencesLink(deps, visit)}`,
  });
}

function showLeft(deps: HttpDeps, reply: FastifyReply, visit: Visit): FastifyReply {
  const token = signLink(linkKey(deps.config.secret), visit.claim);
  return sendPage(reply, 200, {
    business: visit.business,
    title: 'You are unsubscribed.',
    body: `<p>We do not write to you about ${topicName(visit)} any more. Thank you for having been with us.</p>
<form method="post" action="/u/${escapeHtml(token)}/undo"><button class="other" type="submit">Undo</button></form>
${preferencesLink(deps, visit)}`,
  });
}

function showPreferences(reply: FastifyReply, visit: Visit, token: string): FastifyReply {
  const rows = visit.topics.map(({ key, name, description }) => {
    const given = consentFor(visit.person.standing, visit.claim.channel, key)?.status === 'given';
    return `<label class="topic"><input type="checkbox" name="topic" value="${escapeHtml(key)}"${given ? ' checked' : ''}>
<span><b>${escapeHtml(name)}</b><span>${escapeHtml(description)}</span></span></label>`;
  });
  return sendPage(reply, 200, {
    business: visit.business,
    title: 'What would you like to hear from us?',
    body: `<form method="post" action="/preferences/${escapeHtml(token)}">
<fieldset class="topics">${rows.join('\n')}</fieldset>
<div class="row"><button class="main" type="submit">Save</button>
<button class="other" type="submit" name="nothing" value="1">Nothing at all</button></div>
</form>
<p class="after">News about your orders reaches you whatever you choose here.</p>`,
  });
}

function preferencesLink(deps: HttpDeps, visit: Visit): string {
  const token = signLink(linkKey(deps.config.secret), { ...visit.claim, purpose: 'preferences' });
  return `<p class="after"><a href="/preferences/${escapeHtml(token)}">Choose what you hear from us</a></p>`;
}

function topicName(visit: Visit): string {
  const name = visit.topics.find((topic) => topic.key === visit.claim.topic)?.name ?? visit.claim.topic;
  return `<b>${escapeHtml(name)}</b>`;
}

async function notALink(deps: HttpDeps, reply: FastifyReply, token: string): Promise<FastifyReply> {
  const workspace = await getSendingWorkspace(deps.pools.console, deps.workspaceId);
  const key = linkKey(deps.config.secret);
  const claim = readLink(key, token, 'unsubscribe') ?? readLink(key, token, 'preferences');
  if (claim?.personId === NOBODY)
    return sendPage(reply, 200, {
      business: workspace.name,
      title: 'This was a test letter.',
      body: '<p>In a letter to a customer, this link lets them choose what they hear from you. Here it changes nothing.</p>',
    });
  return sendPage(reply, 404, {
    business: workspace.name,
    title: 'This link does not work.',
    body: '<p>It may have been cut off on its way, or be too old. Open it once more from the message, or reply to the message and tell us.</p>',
  });
}

/** urlencoded, or the one field that matters out of multipart. */
function fields(body: unknown): URLSearchParams {
  const text = typeof body === 'string' ? body : '';
  if (/name="?List-Unsubscribe"?\s*\r?\n\r?\n\s*One-Click/i.test(text))
    return new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  return new URLSearchParams(text);
}
