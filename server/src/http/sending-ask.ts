// What would happen to a message for one person now: the governor's questions in their order, each with its answer in words.
// Nothing is changed, kept or sent.
import { addressOf, askGovernor, parseDuration, step } from '@rapport/engine';
import type { JourneyNode, Names, Person, Program, Supposed, Verdict } from '@rapport/engine';
import { z } from 'zod';
import { derivedSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { listTemplateNames } from '../postgres/content-keys.ts';
import { loadHistory } from '../postgres/events.ts';
import { profileOf } from '../postgres/profile.ts';
import { addressHash, isSuppressed } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import type { App, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { loadKnown } from './known.ts';
import { questionWords, verdictWords } from './question-words.ts';
import { findSubject } from './person-view.ts';
import type { Subject } from './person-view.ts';
import { describeSending } from './sending-state.ts';
import { firstWord } from './short-name.ts';
import { iso, isoOrNull } from './wire.ts';

const askSchema = z.strictObject({
  person: z.string().max(100),
  /** A message of a journey's version that is on, else of its newest. */
  journey: z.string().max(64).optional(),
  node: z.string().max(64).optional(),
  /** Or a letter by itself, on a topic. */
  template: z.string().max(64).optional(),
  topic: z.string().max(64).optional(),
  marketing: z.boolean().optional(),
});

const answerSchema = z
  .object({
    /** `withheld`: the control group gets nothing that was not promised. */
    answer: z.enum(['send', 'hold', 'drop', 'withheld']),
    text: z.string(),
    until: z.string().nullable(),
    questions: z.array(
      z.object({
        key: z.string(),
        question: z.string(),
        /** `not_asked`: it does not concern messages of this sort. */
        answer: z.enum(['passes', 'hold', 'drop', 'not_asked']),
        /** The first that does not pass. */
        decides: z.boolean(),
        text: z.string(),
      }),
    ),
    too_late_at: z.string(),
    sending: z.object({ mode: z.string(), note: z.string() }),
  })
  .meta({ id: 'SendingAnswer' });

export function registerSendingAsk(app: App, deps: HttpDeps): void {
  app.post(
    '/api/settings/sending/ask',
    {
      schema: {
        tags: ['sending'],
        summary: 'What would happen to this message for this person now; changes nothing',
        body: askSchema,
        response: { 200: answerSchema },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const subject = await findSubject(deps, workspaceId, request.body.person);
      if (subject === undefined) throw notFound('person', request.body.person);
      const person = await livedUpToNow(deps, workspaceId, subject);
      const { names } = await loadKnown(deps.pools.console, workspaceId, subject.program.definition);
      const message = await suppose(deps, workspaceId, subject.program, request.body);
      const suppressed = await addressIsSuppressed(deps, workspaceId, person, message.channel);
      const found = askGovernor(subject.program, person, { ...message, suppressed }, deps.now());
      const name = firstWord(profileOf(subject.key, person).name);
      const around = { name, message, person, program: subject.program, names, now: deps.now() };
      const withheld = found.arm === 'control' && !message.promised;
      const first = found.questions.find((one) => one.against !== null)?.key;
      return {
        answer: withheld ? ('withheld' as const) : found.verdict.verdict,
        text: withheld
          ? `${name ?? 'This person'} is in the control group of this journey and gets nothing, so that we can see whether it helps.`
          : verdictWords(found.verdict, around),
        until: untilOf(found.verdict),
        questions: found.questions
          .filter((one) => one.key !== 'restored')
          .map((one) => ({
            key: one.key,
            ...questionWords(one.key, one.against, { ...around, concerns: one.concerns }),
            answer: answerOf(one),
            decides: !withheld && one.key === first,
          })),
        too_late_at: iso(found.expiresAt),
        sending: await describeSending(deps, workspaceId),
      };
    },
  );
}

export interface AskedAround {
  readonly name: string | null;
  readonly message: Omit<Supposed, 'suppressed'>;
  readonly person: Person;
  readonly program: Program;
  readonly names: Names;
  readonly now: number;
}

function answerOf(one: { readonly concerns: boolean; readonly against: Verdict | null }) {
  if (!one.concerns) return 'not_asked' as const;
  if (one.against === null || one.against.verdict === 'send') return 'passes' as const;
  return one.against.verdict;
}

function untilOf(verdict: Verdict): string | null {
  return isoOrNull(verdict.verdict === 'hold' ? verdict.until : null);
}

/** A copy, under the newest program and with the silence up to now lived through. */
export async function livedUpToNow(deps: HttpDeps, workspaceId: string, subject: Subject): Promise<Person> {
  const { program, person } = subject;
  if (person.frozen_at !== null) return person;
  let stepped = step(program, person, { kind: 'time' }, deps.now());
  if (stepped.kind === 'needs_history') {
    const history = await loadHistory(deps.pools.console, workspaceId, subject.keys);
    stepped = step(program, person, { kind: 'time' }, deps.now(), { history });
  }
  return stepped.kind === 'stepped' ? stepped.person : person;
}

async function suppose(
  deps: HttpDeps,
  workspaceId: string,
  program: Program,
  asked: z.infer<typeof askSchema>,
): Promise<Omit<Supposed, 'suppressed'>> {
  if (asked.journey !== undefined) return supposeInJourney(program, asked.journey, asked.node);
  const templates = await listTemplateNames(deps.pools.console, workspaceId);
  if (asked.template === undefined || !templates.has(asked.template))
    throw notFound('template', asked.template ?? '');
  return {
    channel: 'email',
    topic: asked.topic ?? '*',
    marketing: asked.marketing ?? true,
    promised: false,
    shelfLifeMs: null,
    journey: null,
  };
}

function supposeInJourney(
  program: Program,
  key: string,
  node: string | undefined,
): Omit<Supposed, 'suppressed'> {
  const journey = program.definition.journeys.find((one) => one.key === key);
  if (journey === undefined) throw notFound('journey', key);
  const version = journey.active ?? Math.max(...Object.keys(journey.versions).map(Number));
  const nodes = journey.versions[String(version)]?.nodes ?? {};
  const at = node ?? Object.keys(nodes).find((one) => isMessage(nodes[one]));
  const found = at === undefined ? undefined : nodes[at];
  if (at === undefined || !isMessage(found)) throw noMessage(key, node);
  const shelfLifeMs = found.shelf_life === undefined ? null : parseDuration(found.shelf_life);
  const promised = found.promised ?? false;
  const common = { shelfLifeMs, journey: { key, version, node: at } };
  if (found.kind === 'webhook')
    return { ...common, channel: 'webhook', topic: 'webhook', marketing: false, promised: true };
  return { ...common, channel: 'email', topic: found.topic, marketing: found.marketing ?? true, promised };
}

function isMessage(
  node: JourneyNode | undefined,
): node is Extract<JourneyNode, { kind: 'email' | 'webhook' }> {
  return node?.kind === 'email' || node?.kind === 'webhook';
}

function noMessage(journey: string, node: string | undefined): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/node',
    message:
      node === undefined
        ? `Journey "${journey}" has no message.`
        : `"${node}" is no message of journey "${journey}".`,
    hint: 'Name a node that is an e-mail or a webhook.',
  });
}

export async function addressIsSuppressed(
  deps: HttpDeps,
  workspaceId: string,
  person: Person,
  channel: string,
): Promise<boolean> {
  const address = channel === 'webhook' ? null : addressOf(person.memory, channel);
  if (address === null) return false;
  const hash = addressHash(derivedSecret(deps.config.secret, 'addresses'), address);
  return isSuppressed(deps.pools.console, { workspaceId, channel, hash });
}
