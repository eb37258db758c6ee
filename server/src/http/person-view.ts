// One person as the console shows them: what is known, where they stand, why, and what silence will bring.
import { comingsOf, decodePerson, explainSegment, explainStage, newPerson } from '@rapport/engine';
import type { Explanation, Person, Program } from '@rapport/engine';
import { z } from 'zod';
import type { PersonKey } from '../postgres/bucket.ts';
import { findPerson, listIdentities, listPersonMessages } from '../postgres/people-read.ts';
import type { IdentityRow, PersonMessageRow, StoredPerson } from '../postgres/people-read.ts';
import { profileOf } from '../postgres/profile.ts';
import type { HttpDeps } from './deps.ts';
import { foresee } from './foresight.ts';
import type { Foresight } from './foresight.ts';
import { findId, printId } from './ids.ts';
import { nodeLabel } from './journey-words.ts';
import { namesIn } from './known.ts';
import { rhythmOf } from './rhythm.ts';
import { shortName } from './short-name.ts';
import { iso, isoOrNull } from './wire.ts';

export interface WhyView {
  kind: string;
  sentence: string;
  holds: boolean;
  until: string | null;
  facts: string | null;
  children: WhyView[];
}

export const whySchema: z.ZodType<WhyView> = z
  .object({
    kind: z.string(),
    sentence: z.string(),
    holds: z.boolean(),
    until: z.string().nullable(),
    facts: z.string().nullable(),
    get children() {
      return z.array(whySchema);
    },
  })
  .meta({ id: 'Why' });

const armSchema = z.enum(['treated', 'control']);

export const personSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    created_at: z.string(),
    first_seen_at: z.string().nullable(),
    last_seen_at: z.string().nullable(),
    events: z.number().int(),
    customer: z.boolean(),
    orders: z.number().int(),
    last_order_at: z.string().nullable(),
    /** The first of each day on which they ordered and did not give all of it back, oldest first; of many the newest 32 or so. */
    order_times: z.array(z.string()),
    merged_from: z.array(z.string()),
    as_of: z.string().nullable(),
    identities: z.array(
      z.object({ kind: z.string(), value: z.string(), since: z.string(), trust: z.string() }),
    ),
    traits: z.array(
      z.object({
        key: z.string(),
        value: z.unknown(),
        provenance: z.enum(['declared', 'observed', 'imported', 'predicted']),
        from_browser: z.boolean(),
        at: z.string(),
      }),
    ),
    stages: z.array(
      z.object({
        model: z.string(),
        model_name: z.string(),
        is_default: z.boolean(),
        stage: z.string().nullable(),
        stage_name: z.string().nullable(),
        look: z.string().nullable(),
        since: z.string().nullable(),
        until: z.string().nullable(),
        next: z
          .object({ stage: z.string().nullable(), stage_name: z.string().nullable(), at: z.string() })
          .nullable(),
        sentence: z.string(),
        why: whySchema.nullable(),
        tested: z.array(z.object({ stage: z.string(), stage_name: z.string(), why: whySchema })),
      }),
    ),
    segments: z.array(
      z.object({
        key: z.string(),
        name: z.string(),
        since: z.string(),
        until: z.string().nullable(),
        why: whySchema.nullable(),
      }),
    ),
    quiet: z
      .object({
        from: z.string().nullable(),
        now: z.boolean(),
        gap_days: z.number().int(),
        gap_is_own: z.boolean(),
        silent_days: z.number().int(),
      })
      .nullable(),
    episode: z.object({ n: z.number().int(), since: z.string().nullable() }),
    runs: z.array(
      z.object({
        id: z.string(),
        journey: z.string(),
        journey_name: z.string(),
        version: z.number().int(),
        arm: armSchema,
        node: z.string(),
        node_label: z.string(),
        started_at: z.string(),
        goal_at: z.string().nullable(),
      }),
    ),
    hold_outs: z.array(
      z.object({
        journey: z.string(),
        journey_name: z.string(),
        arm: armSchema,
        since: z.string(),
        entries: z.number().int(),
      }),
    ),
    consents: z.array(
      z.object({
        channel: z.string(),
        topic: z.string(),
        status: z.enum(['given', 'withdrawn']),
        basis: z.string(),
        source: z.string(),
        at: z.string(),
      }),
    ),
    messages: z.array(
      z.object({
        id: z.string(),
        channel: z.string(),
        template: z.string().nullable(),
        subject: z.string().nullable(),
        state: z.string(),
        reason: z.string().nullable(),
        at: z.string(),
        journey: z.string().nullable(),
        node: z.string().nullable(),
      }),
    ),
    next_appointment_at: z.string().nullable(),
  })
  .meta({ id: 'Person' });

export type PersonView = z.infer<typeof personSchema>;

/** A stored person with the program that judges them, and the keys under which their facts stand. */
export interface Subject {
  readonly key: PersonKey;
  readonly keys: readonly PersonKey[];
  readonly stored: StoredPerson;
  readonly person: Person;
  readonly program: Program;
}

export async function findSubject(
  deps: HttpDeps,
  workspaceId: string,
  printed: string,
): Promise<Subject | undefined> {
  const id = findId('per', printed);
  if (id === undefined) return undefined;
  const stored = await findPerson(deps.pools.console, workspaceId, id);
  if (stored === undefined) return undefined;
  const program = await deps.programs.get(workspaceId);
  const key = { bucket: stored.bucket, id: stored.id };
  const person = readPerson(program, stored);
  return { key, keys: [key, ...person.aliases], stored, person, program };
}

/** Someone whose history was stored by an import and not yet lived through has no state yet. */
export function readPerson(program: Program, stored: StoredPerson): Person {
  return stored.state === '{}'
    ? newPerson(program, stored.id, stored.created_at.getTime())
    : decodePerson(stored.state);
}

export async function viewSubject(
  deps: HttpDeps,
  workspaceId: string,
  subject: Subject,
): Promise<PersonView> {
  const db = deps.pools.console;
  const { key, keys, stored, person, program } = subject;
  const [identities, messages] = await Promise.all([
    listIdentities(db, { workspaceId, ...key }),
    listPersonMessages(db, workspaceId, keys),
  ]);
  const now = deps.now();
  const { memory } = person;
  const profile = profileOf(key, person);
  const foresight = foresee(program, person, [quietSegment, ...Object.keys(person.standing.segments)]);
  return {
    id: printId('per', key.id),
    name: profile.name,
    created_at: iso(stored.created_at),
    first_seen_at: isoOrNull(memory.first_at),
    last_seen_at: isoOrNull(memory.last_at),
    events: memory.events,
    customer: profile.orders > 0,
    orders: profile.orders,
    last_order_at: isoOrNull(profile.lastOrderAt),
    order_times: (comingsOf('orders', memory, program.zone)?.times ?? []).map(iso),
    merged_from: person.aliases.map(({ id }) => printId('per', id)),
    as_of: isoOrNull(person.frozen_at),
    identities: identities.map(viewIdentity),
    traits: viewTraits(person),
    stages: viewStages(program, person, now, foresight),
    segments: viewSegments(program, person, now, foresight),
    quiet: viewQuiet(program, person, now, foresight),
    episode: { n: person.standing.episode.n, since: isoOrNull(person.standing.episode.since) },
    ...viewJourneys(program, person),
    consents: viewConsents(person),
    messages: messages.map(viewMessage),
    next_appointment_at: isoOrNull(person.frozen_at === null ? person.wake_at : null),
  };
}

function viewStages(
  program: Program,
  person: Person,
  now: number,
  foresight: Foresight,
): PersonView['stages'] {
  const names = namesIn(program.definition);
  const who = shortName(person) ?? 'This person';
  return program.definition.models.flatMap((model, index) => {
    const explained = explainStage(program, person, model.key, now);
    if (explained === null) return [];
    const definition = model.stages.find(({ key }) => key === explained.stage);
    const nameOf = (stage: string): string => names.stages?.get(`${model.key}/${stage}`) ?? stage;
    const holding = explained.tested.find(({ why }) => why.holds);
    // Where they stand may lag behind what the rules say now (an appointment is due); the reason is that of the stage.
    const own = explained.tested.find(({ stage }) => stage === explained.stage) ?? holding;
    const next = foresight.stages.get(model.key);
    return [
      {
        model: model.key,
        model_name: model.name,
        is_default: index === 0,
        stage: explained.stage,
        stage_name: definition?.name ?? explained.stage,
        look: definition?.look ?? null,
        since: isoOrNull(explained.since),
        until: isoOrNull(next?.at ?? null),
        next:
          next === undefined
            ? null
            : {
                stage: next.stage,
                stage_name: next.stage === null ? null : nameOf(next.stage),
                at: iso(next.at),
              },
        sentence: own === undefined ? `${who} stands outside of ${model.name}.` : stageWords(who, own.why),
        why: own === undefined ? null : viewWhy(own.why),
        tested: explained.tested.map(({ stage, why }) => ({
          stage,
          stage_name: nameOf(stage),
          why: viewWhy(why),
        })),
      },
    ];
  });
}

function stageWords(who: string, why: Explanation): string {
  const isEveryone = why.kind === 'all' && why.children.length === 0;
  return isEveryone ? `No other stage fits ${who}.` : `${who} ${why.sentence}.`;
}

function viewSegments(
  program: Program,
  person: Person,
  now: number,
  foresight: Foresight,
): PersonView['segments'] {
  const names = namesIn(program.definition).segments;
  return Object.entries(person.standing.segments).map(([key, since]) => {
    const why = explainSegment(program, person, key, now);
    return {
      key,
      name: names?.get(key) ?? key,
      since: iso(since),
      until: isoOrNull(foresight.leaves.get(key) ?? null),
      why: why === null ? null : viewWhy(why),
    };
  });
}

const quietSegment = 'quiet';

function viewQuiet(program: Program, person: Person, now: number, foresight: Foresight): PersonView['quiet'] {
  const rhythm = rhythmOf(program, person, now);
  if (rhythm === null) return null;
  const since = person.standing.segments[quietSegment];
  return {
    from: isoOrNull(since ?? foresight.joins.get(quietSegment) ?? null),
    now: since !== undefined,
    gap_days: rhythm.gapDays,
    gap_is_own: rhythm.isOwn,
    silent_days: rhythm.silentDays,
  };
}

function viewJourneys(program: Program, person: Person): Pick<PersonView, 'runs' | 'hold_outs'> {
  const { journeys } = program.definition;
  const nameOf = (key: string): string => journeys.find((journey) => journey.key === key)?.name ?? key;
  const names = namesIn(program.definition);
  return {
    runs: Object.values(person.standing.runs).map((run) => {
      const graph = journeys.find(({ key }) => key === run.journey)?.versions[String(run.version)];
      const node = graph?.nodes[run.node];
      return {
        id: printId('run', run.id),
        journey: run.journey,
        journey_name: nameOf(run.journey),
        version: run.version,
        arm: run.arm,
        node: run.node,
        node_label: node === undefined ? run.node : nodeLabel(node, names),
        started_at: iso(run.started_at),
        goal_at: isoOrNull(run.goal_at),
      };
    }),
    hold_outs: Object.entries(person.standing.journeys).map(([key, { arm, last_at, entries }]) => ({
      journey: key,
      journey_name: nameOf(key),
      arm,
      since: iso(last_at),
      entries,
    })),
  };
}

export function viewConsents(person: Person): PersonView['consents'] {
  return Object.entries(person.standing.consents).map(([key, consent]) => {
    const slash = key.indexOf('/');
    const { status, basis, source, at } = consent;
    return { channel: key.slice(0, slash), topic: key.slice(slash + 1), status, basis, source, at: iso(at) };
  });
}

function viewTraits(person: Person): PersonView['traits'] {
  return Object.entries(person.memory.traits)
    .map(([key, { v, p, b, at }]) => ({
      key,
      value: v,
      provenance: p,
      from_browser: b === true,
      at: iso(at),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function viewWhy(explanation: Explanation): WhyView {
  return {
    kind: explanation.kind,
    sentence: explanation.sentence,
    holds: explanation.holds,
    until: isoOrNull(explanation.until),
    facts: explanation.evidence === '' ? null : explanation.evidence,
    children: explanation.children.map(viewWhy),
  };
}

function viewIdentity(row: IdentityRow): PersonView['identities'][number] {
  return { kind: row.kind, value: row.value, since: iso(row.created_at), trust: row.trust };
}

function viewMessage(row: PersonMessageRow): PersonView['messages'][number] {
  return {
    id: printId('msg', row.id),
    channel: row.channel,
    template: row.template,
    subject: row.subject,
    state: row.state,
    reason: row.reason,
    at: iso(row.requested_at),
    journey: row.journey_key,
    node: row.node,
  };
}
