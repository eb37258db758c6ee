// An imported history lived through silently up to its as-of day: decisions of cause `import`, no effects, nobody contacted.
import type { Cause, Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { ConsentChange, EventFact } from './input.ts';
import type { Instant } from './lib/instant.ts';
import { closeAccounts } from './loyalty/earn.ts';
import { emptyMemory } from './memory/remember.ts';
import type { Person } from './person.ts';
import type { Program } from './program.ts';
import { FROZEN_WHEN_OLDER_THAN_MS, step } from './step.ts';
import type { StepOptions, Stepped } from './step.ts';

export interface EstablishOptions {
  readonly asOf: Instant;
  readonly now: Instant;
  /** The import's id: the cause of every decision. */
  readonly importId: string;
  /** Given with the file, as of its day. */
  readonly consents: readonly ConsentChange[];
}

/**
 * A person with import decisions only (or none) is lived through from the beginning, and restated when there was a standing;
 * one with live decisions keeps it and gets memory and one silent evaluation. `events` are all stored events of the person.
 */
export function establish(
  program: Program,
  person: Person,
  events: readonly EventFact[],
  options: EstablishOptions,
): Stepped {
  const fresh = person.imported_only || person.standing.seq === 0;
  return fresh ? liveThrough(program, person, events, options) : reevaluate(program, person, events, options);
}

function liveThrough(
  program: Program,
  person: Person,
  events: readonly EventFact[],
  options: EstablishOptions,
): Stepped {
  const { asOf, now } = options;
  const cause: Cause = { kind: 'import', id: options.importId };
  const story = events.filter((e) => e.at <= asOf).sort(byTime);
  const first = story[0]?.at ?? asOf;
  const decisions: Decision[] = [];
  let current: Person = {
    ...person,
    program_version: program.version,
    plan: program.plan.signature,
    advanced_to: first,
    frozen_at: null,
    imported_only: true,
    memory: emptyMemory(program.plan),
    wake_at: null,
  };
  if (person.standing.seq > 0) {
    current = closeLedger(program, current, { at: first, now, cause }, decisions);
    current = record(program, current, { kind: 'restated' }, { at: first, now, cause }, decisions);
  }
  const silently: StepOptions = { silent: true, cause };
  for (let i = 0; i < story.length; i += 1) {
    const event = story[i];
    if (event === undefined) continue;
    let stepped = step(program, current, { kind: 'event', event }, event.at, silently);
    if (stepped.kind === 'needs_history') {
      stepped = step(program, current, { kind: 'event', event }, event.at, {
        ...silently,
        history: story.slice(0, i),
      });
    }
    if (stepped.kind !== 'stepped') return stepped;
    current = stepped.person;
    decisions.push(...decidedAt(stepped.decisions, now));
  }
  const last = finish(program, current, options, cause);
  if (last.kind !== 'stepped') return last;
  decisions.push(...decidedAt(last.decisions, now));
  current = last.person;
  if (now - asOf > FROZEN_WHEN_OLDER_THAN_MS) {
    current = record(program, current, { kind: 'frozen', as_of: asOf }, { at: asOf, now, cause }, decisions);
    current = { ...current, frozen_at: asOf, wake_at: null };
  }
  return { kind: 'stepped', person: { ...current, imported_only: true }, decisions };
}

/** Consents of the file, then the silence up to its as-of day. */
function finish(program: Program, person: Person, options: EstablishOptions, cause: Cause): Stepped {
  const silently: StepOptions = { silent: true, cause };
  const decisions: Decision[] = [];
  const rest = step(program, person, { kind: 'time' }, options.asOf, silently);
  if (rest.kind !== 'stepped') return rest;
  decisions.push(...rest.decisions);
  const consents = step(
    program,
    rest.person,
    { kind: 'consent', changes: options.consents },
    options.asOf,
    silently,
  );
  if (consents.kind !== 'stepped') return consents;
  return { ...consents, decisions: [...decisions, ...consents.decisions] };
}

function reevaluate(
  program: Program,
  person: Person,
  events: readonly EventFact[],
  options: EstablishOptions,
): Stepped {
  const cause: Cause = { kind: 'import', id: options.importId };
  const stale: Person = { ...person, plan: '' };
  const how: StepOptions = { silent: true, cause, history: events };
  return step(program, stale, { kind: 'consent', changes: options.consents }, options.now, how);
}

/** What an earlier import earned is earned anew: the old postings are taken back, so that the ledger's rows add up. */
function closeLedger(
  program: Program,
  person: Person,
  when: { readonly at: Instant; readonly now: Instant; readonly cause: Cause },
  into: Decision[],
): Person {
  const draft = new Draft(program, person, when.now);
  closeAccounts(draft, `import:${when.cause.id ?? ''}`, when);
  into.push(...draft.decisions);
  return { ...person, standing: draft.standing };
}

function record(
  program: Program,
  person: Person,
  change: { readonly kind: 'restated' } | { readonly kind: 'frozen'; readonly as_of: Instant },
  when: { readonly at: Instant; readonly now: Instant; readonly cause: Cause },
  into: Decision[],
): Person {
  const draft = new Draft(program, person, when.now);
  draft.decide(change, when.at, when.cause);
  into.push(...draft.decisions);
  return { ...person, standing: draft.standing };
}

function decidedAt(decisions: readonly Decision[], now: Instant): readonly Decision[] {
  return decisions.map((d) => ({ ...d, decided_at: now }));
}

function byTime(a: EventFact, b: EventFact): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
