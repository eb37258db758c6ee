// The one door: state', decisions = step(program, state, input, now). Pure, total, deterministic; no clock, no chance, no I/O.
import type { Changed } from './changed.ts';
import type { Cause, Change, Decision } from './decision.ts';
import { Draft } from './draft.ts';
import type { EventFact, Input } from './input.ts';
import { feedingWords } from './feeding.ts';
import { activeGraph, enter, qualifies } from './journeys/start.ts';
import type { Instant } from './lib/instant.ts';
import { DAY_MS } from './lib/instant.ts';
import { postCommand } from './loyalty/command.ts';
import { emptyMemory, pruneMemory, refoldMemory, remember } from './memory/remember.ts';
import { consentChanges } from './policy/consent.ts';
import { look } from './policy/look.ts';
import type { Person } from './person.ts';
import type { Program } from './program.ts';
import { readsOfEvent } from './rules/reads.ts';
import { leaveUndefined, settle } from './settle.ts';
import { emptyStanding } from './standing.ts';

/** More appointments than this in one step is a rule that never comes to rest. */
export const APPOINTMENTS_MAX = 20_000;
/** How far ahead of now an event's own time may lie; the door takes it as received now. */
export const AHEAD_MAX_MS = 10 * 60_000;

export interface StepOptions {
  /** Silence is judged up to here (≤ now); after an outage it stays at the outage's start until backlogs are in. */
  readonly silenceUpTo?: Instant;
  /** Overrides the cause that the input itself gives. */
  readonly cause?: Cause;
  /** Establish without effects: no journey starts or moves. */
  readonly silent?: boolean;
  /** All stored events of the person (without the input): given after `needs_history`. */
  readonly history?: readonly EventFact[];
  /** Asks every rule at every input, not only those that it touched: slower, the same decisions. For the law that says so. */
  readonly askAll?: boolean;
  /** What a definition changed since the state's own program (changed.ts): only that is asked when the state is brought here. */
  readonly changed?: Changed;
}

export type Stepped =
  | { readonly kind: 'stepped'; readonly person: Person; readonly decisions: readonly Decision[] }
  /** The input needs older facts than memory holds: step again with `history`, under the person's lock. */
  | { readonly kind: 'needs_history'; readonly reason: string }
  /** Rules that feed each other without end: the input is parked. `feeding`: the last moves, in words. */
  | { readonly kind: 'cascade_limit'; readonly feeding: string };

export function newPerson(program: Program, id: string, now: Instant): Person {
  return {
    id,
    program_version: program.version,
    plan: program.plan.signature,
    advanced_to: now,
    frozen_at: null,
    imported_only: false,
    aliases: [],
    memory: emptyMemory(program.plan),
    standing: emptyStanding(),
    wake_at: null,
  };
}

export function step(
  program: Program,
  person: Person,
  input: Input,
  now: Instant,
  options: StepOptions = {},
): Stepped {
  if (person.plan !== program.plan.signature && options.history === undefined) {
    return { kind: 'needs_history', reason: 'the program asks for facts that memory does not hold yet' };
  }
  const draft = new Draft(program, person, Math.max(now, person.advanced_to));
  const walk = new Walk(draft, person, input, options);
  return walk.run();
}

/** One step in its parts, in order: upgrade, thaw, live through silence, take the input, settle. */
class Walk {
  readonly draft: Draft;
  readonly person: Person;
  readonly input: Input;
  readonly options: StepOptions;
  frozenAt: Instant | null;
  wake: Instant | null;
  /** Runs were passed over by a silent settling and are owed a live look. */
  owesRuns = false;
  /** What fed what when the engine gave up; null: it came to rest so far. */
  cascaded: string | null = null;
  /** Nothing is known yet of what the rules answer for this person: all are asked. */
  readonly unasked: boolean;

  constructor(draft: Draft, person: Person, input: Input, options: StepOptions) {
    this.draft = draft;
    this.person = person;
    this.input = input;
    this.options = options;
    this.frozenAt = person.frozen_at;
    this.wake = person.wake_at;
    this.unasked = person.memory.events === 0;
  }

  run(): Stepped {
    const { draft, input } = this;
    this.upgrade();
    if (this.frozenAt !== null && !thaws(input)) return this.takeFrozen();
    if (this.frozenAt !== null) this.thaw();
    this.liveThrough(Math.min(this.options.silenceUpTo ?? draft.now, draft.now));
    if (this.cascaded !== null) return { kind: 'cascade_limit', feeding: this.cascaded };
    if (input.kind === 'result') {
      this.takeResult(input);
      return this.done();
    }
    const needs = this.take();
    if (needs !== null) return { kind: 'needs_history', reason: needs };
    return this.cascaded === null ? this.done() : { kind: 'cascade_limit', feeding: this.cascaded };
  }

  /** Brings an older state to this program, silently, as of when the program was made. */
  upgrade(): void {
    const { draft, person, options } = this;
    const samePlan = person.plan === draft.program.plan.signature;
    if (!samePlan) draft.memory = refoldMemory(draft.program.plan, options.history ?? [], draft.advancedTo);
    if (!samePlan) draft.touched.touchAll();
    if (samePlan && person.program_version >= draft.program.version) return;
    const changedAt = Math.min(Math.max(draft.advancedTo, draft.program.definition.changed_at), draft.now);
    const at = this.frozenAt ?? changedAt;
    const cause = this.upgradeCause();
    const { changed } = options;
    if (changed?.from === person.program_version && !this.isDue(at))
      draft.touched.touchPlaces(changed.places);
    else draft.touched.touchAll();
    leaveUndefined(draft, at, cause);
    this.settleAt(at, { cause, event: null, silent: true });
  }

  /** What only a refit of the prediction changed is said to be its doing. */
  upgradeCause(): Cause {
    const { version, definition } = this.draft.program;
    const since = definition.refits_since ?? version;
    return { kind: this.person.program_version >= since ? 'refit' : 'definition', id: String(version) };
  }

  /** Someone imported as of an earlier day stays there: consents and definitions are taken as of that day. */
  takeFrozen(): Stepped {
    const { draft, input } = this;
    const at = this.frozenAt ?? draft.now;
    const cause = this.options.cause ?? causeOf(input);
    if (input.kind === 'consent')
      for (const change of input.changes) draft.decide({ kind: 'consent_changed', ...change }, at, cause);
    if (input.kind === 'consent' || input.kind === 'definition') {
      draft.touched.touchAll();
      this.settleAt(at, { cause, event: null, silent: true });
    }
    if (this.cascaded !== null) return { kind: 'cascade_limit', feeding: this.cascaded };
    return this.done();
  }

  /** The gap since the as-of day is lived through without contacting anyone. */
  thaw(): void {
    const { draft } = this;
    const cause: Cause = { kind: 'thaw', id: null };
    draft.decide({ kind: 'thawed' }, draft.now, cause);
    this.frozenAt = null;
    draft.touched.touchAll();
    this.settleAt(draft.advancedTo, { cause, event: null, silent: true });
    this.live(draft.now, { cause, silent: true, inclusive: true });
  }

  /** Every appointment that is due, in order, each at its own instant. At one instant inputs come before appointments. */
  liveThrough(upTo: Instant): void {
    const inclusive = this.input.kind === 'time' || upTo < this.draft.now;
    if (this.options.silent !== true) this.wake = this.nextWake();
    this.live(upTo, {
      cause:
        this.options.silent === true
          ? (this.options.cause ?? { kind: 'time', id: null })
          : { kind: 'time', id: null },
      silent: this.options.silent ?? false,
      inclusive,
    });
  }

  live(
    upTo: Instant,
    how: { readonly cause: Cause; readonly silent: boolean; readonly inclusive: boolean },
  ): void {
    const { draft } = this;
    for (let taken = 0; this.wake !== null && this.cascaded === null; taken += 1) {
      const at = Math.max(this.wake, draft.advancedTo);
      if (how.inclusive ? at > upTo : at >= upTo) return;
      if (taken >= APPOINTMENTS_MAX) {
        this.cascaded = feedingWords(draft.decisions);
        return;
      }
      draft.touched.touchAll();
      this.settleAt(at, { cause: how.cause, event: null, silent: how.silent });
    }
  }

  /** Takes the input at `now` and settles; returns a reason when it needs history. */
  take(): string | null {
    const { draft, input, options } = this;
    const at = draft.now;
    const cause = options.cause ?? causeOf(input);
    const silent = options.silent ?? false;
    if (this.isDue(at)) draft.touched.touchAll();
    if (input.kind === 'time') {
      draft.advancedTo = Math.max(draft.advancedTo, Math.min(options.silenceUpTo ?? at, at));
      return null;
    }
    if (input.kind === 'event') {
      const event = clampAhead(input.event, at);
      const needs = this.remember(event, at);
      if (needs !== null) return needs;
      for (const change of consentChanges(event))
        draft.decide({ kind: 'consent_changed', ...change }, at, cause);
      this.settleAt(at, { cause, event, silent });
      return null;
    }
    if (input.kind === 'consent')
      for (const change of input.changes) draft.decide({ kind: 'consent_changed', ...change }, at, cause);
    if (input.kind === 'enrol') this.enrol(input, at, cause);
    if (input.kind === 'leave') this.leave(input, at, cause);
    if (input.kind === 'move') this.move(input, at, cause);
    if (input.kind === 'points') postCommand(draft, input, { at, cause });
    this.settleAt(at, {
      cause,
      event: null,
      silent: silent || input.kind === 'definition' || input.kind === 'thaw',
    });
    if (input.kind === 'look' && this.cascaded === null) this.look(input, at, cause);
    return null;
  }

  remember(event: EventFact, at: Instant): string | null {
    const { draft, options } = this;
    const { plan } = draft.program;
    if (options.history !== undefined) {
      draft.memory = refoldMemory(plan, [...options.history, event], at);
      draft.touched.touchAll();
      return null;
    }
    const next = remember(plan, draft.memory, event, at);
    if ('needs_history' in next) return next.reason;
    draft.touched.touch(readsOfEvent(plan, draft.memory, next, event));
    draft.memory = next;
    return null;
  }

  enrol(input: Extract<Input, { kind: 'enrol' }>, at: Instant, cause: Cause): void {
    const { draft } = this;
    const journey = draft.program.journeys.get(input.journey);
    const graph = journey === undefined ? undefined : activeGraph(journey);
    if (journey === undefined || graph === undefined) return;
    if (input.start.startsWith('activation:') && !qualifies(draft, graph, at)) return;
    enter(draft, journey, graph, { at, cause, start: input.start });
  }

  leave(input: Extract<Input, { kind: 'leave' }>, at: Instant, cause: Cause): void {
    for (const run of Object.values(this.draft.standing.runs).sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (run.journey !== input.journey) continue;
      this.draft.decide(
        { kind: 'run_ended', run: run.id, journey: run.journey, reason: 'left', node: run.node },
        at,
        cause,
      );
    }
  }

  move(input: Extract<Input, { kind: 'move' }>, at: Instant, cause: Cause): void {
    const { draft } = this;
    const nodes = draft.program.journeys.get(input.journey)?.versions.get(input.version)?.nodes;
    if (nodes === undefined) return;
    for (const run of Object.values(draft.standing.runs).sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (run.journey !== input.journey || run.version === input.version) continue;
      const change: Change = nodes.has(run.node)
        ? { kind: 'run_versioned', run: run.id, version: input.version }
        : { kind: 'run_ended', run: run.id, journey: run.journey, reason: 'left', node: run.node };
      draft.decide(change, at, cause);
    }
  }

  look(input: Extract<Input, { kind: 'look' }>, at: Instant, cause: Cause): void {
    const { draft } = this;
    const message = draft.standing.open[input.message];
    // On its way already: whoever asks again gets no answer, and so may not hand it over.
    if (message?.handing === true) return;
    const verdict =
      message === undefined
        ? ({ verdict: 'drop', reason: 'run_ended' } as const)
        : look(draft, message, { at, suppressed: input.suppressed, notBefore: input.not_before ?? null });
    draft.decide({ kind: 'message_looked', message: input.message, verdict }, at, cause);
  }

  takeResult(input: Extract<Input, { kind: 'result' }>): void {
    const message = this.draft.standing.open[input.message];
    if (message === undefined || !message.handing) return;
    const cause = this.options.cause ?? causeOf(input);
    this.draft.decide(
      { kind: 'message_result', message: input.message, outcome: input.outcome },
      this.draft.now,
      cause,
    );
  }

  settleAt(
    at: Instant,
    how: { readonly cause: Cause; readonly event: EventFact | null; readonly silent: boolean },
  ): void {
    const all = this.draft.touched.isAll();
    const settled = settle(this.draft, at, how);
    if (settled.kind === 'cascade_limit') {
      this.cascaded = settled.feeding;
      return;
    }
    if (settled.until <= at)
      throw new Error(`an answer promised to hold until ${settled.until}, which is not after ${at}`);
    this.owesRuns = how.silent && Object.keys(this.draft.standing.runs).length > 0;
    this.draft.advancedTo = Math.max(this.draft.advancedTo, at);
    const until = Number.isFinite(settled.until) ? settled.until : null;
    this.wake = all ? until : earliest(this.wake, until);
  }

  /** Where in doubt: a new person, an appointment at this very instant, an appointment held back after an outage. */
  isDue(at: Instant): boolean {
    return this.unasked || this.options.askAll === true || (this.wake !== null && this.wake <= at);
  }

  done(): Stepped {
    const { draft, person } = this;
    const live = draft.decisions.some((d) => !SILENT_CAUSES.has(d.cause.kind));
    const next: Person = {
      ...person,
      program_version: draft.program.version,
      plan: draft.program.plan.signature,
      advanced_to: draft.advancedTo,
      frozen_at: this.frozenAt,
      imported_only: person.imported_only && !live && this.input.kind !== 'event',
      memory: pruneMemory(draft.program.plan, draft.memory, draft.advancedTo),
      standing: draft.standing,
      wake_at: this.frozenAt === null ? this.nextWake() : null,
    };
    return { kind: 'stepped', person: next, decisions: draft.decisions };
  }

  nextWake(): Instant | null {
    if (!this.owesRuns) return this.wake;
    const soon = this.draft.advancedTo + 1;
    return this.wake === null ? soon : Math.min(this.wake, soon);
  }
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

const SILENT_CAUSES: ReadonlySet<Cause['kind']> = new Set(['import', 'definition', 'refit']);

/** What brings a frozen person to today. */
function thaws(input: Input): boolean {
  return THAWING.has(input.kind);
}

const THAWING: ReadonlySet<Input['kind']> = new Set(['event', 'thaw', 'enrol', 'look', 'points']);

function clampAhead(event: EventFact, now: Instant): EventFact {
  return event.at > now ? { ...event, at: now } : event;
}

function causeOf(input: Input): Cause {
  switch (input.kind) {
    case 'event':
      return { kind: 'event', id: input.event.id };
    case 'time':
      return { kind: 'time', id: null };
    case 'consent':
      return { kind: 'command', id: null };
    case 'enrol':
      return { kind: 'command', id: input.start };
    case 'leave':
      return { kind: 'command', id: input.reason };
    case 'points':
      return { kind: 'command', id: input.key };
    case 'move':
      return { kind: 'command', id: `version ${input.version}` };
    case 'look':
    case 'result':
      return { kind: 'result', id: input.message };
    case 'definition':
      return { kind: 'definition', id: null };
    case 'thaw':
      return { kind: 'thaw', id: null };
  }
}

export const FROZEN_WHEN_OLDER_THAN_MS = DAY_MS;
