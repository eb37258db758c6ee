// One person's stored history lived through again by `step`, with a virtual clock: silently up to the span, then with every
// appointment at its own instant and every message looked at when it is due. Contacts nobody; history stands as it was.
import type { Decision } from '../decision.ts';
import type { Definition } from '../definition.ts';
import type { Input } from '../input.ts';
import { NEVER } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import type { Consent, Person } from '../person.ts';
import { compile } from '../program.ts';
import type { Program } from '../program.ts';
import { newPerson, step } from '../step.ts';
import type { StepOptions, Stepped } from '../step.ts';
import { compileOrderTests, judgeAnyway, orderHistory } from './anyway.ts';
import type { OrderTests } from './anyway.ts';
import { Recorder } from './recorder.ts';
import { reduceDefinition } from './reduce.ts';
import type { ReduceOptions, Tested } from './reduce.ts';
import type { Refit, Refitted } from './refits.ts';
import { refittedPrograms } from './refits.ts';
import type { Anyway, Outcome, PersonHistory, Reached, Span } from './story.ts';

export interface BacktestOptions extends ReduceOptions {
  readonly span: Span;
  /** Everyone agreed to everything before their first event; a later withdrawal counts. */
  readonly assumeConsent: boolean;
  /** What had been learnt by then, from each instant on, ascending; none: the definition's own all along. */
  readonly refits?: readonly Refit[];
}

export interface Backtest {
  /** Of the beginning; later ones differ by what was learnt. */
  readonly program: Program;
  readonly refitted: readonly Refitted[];
  readonly tested: Tested;
  readonly options: BacktestOptions;
  readonly orders: OrderTests;
  /** Something can ask for messages: appointments are taken one by one. */
  readonly hasJourneys: boolean;
}

export function prepareBacktest(definition: Definition, tested: Tested, options: BacktestOptions): Backtest {
  const reduced = reduceDefinition(definition, tested, options);
  const [first, ...later] = options.refits ?? [];
  const program = compile(first === undefined ? reduced : { ...reduced, prediction: first.prediction });
  return {
    program,
    refitted: refittedPrograms(program, later),
    tested,
    options,
    orders: compileOrderTests(definition, program.zone),
    hasJourneys: program.journeyKeys.length > 0,
  };
}

/** More appointments than this within the span is a rule that never comes to rest: the person is left as they are. */
const APPOINTMENTS_MAX = 20_000;

interface Taken {
  readonly at: Instant;
  readonly input: Input;
}

export function backtestPerson(backtest: Backtest, history: PersonHistory): Outcome {
  const { from, to } = backtest.options.span;
  const inputs = inputsOf(history);
  const end = Math.min(to, history.knownUntil);
  const first = inputs[0];
  const recorder = new Recorder(backtest.tested);
  if (first === undefined || first.at >= end) return tell(backtest, history, recorder, null, null);

  const life = new Life(backtest, history, first.at);
  const next = liveSilently(life, inputs, Math.min(from, end));
  const atStart = next > 0 ? life.position() : null;
  const livedThrough = liveSpan(life, recorder, {
    inputs: inputs.slice(next),
    end,
    byMoment: backtest.hasJourneys,
  });
  if (livedThrough && life.isDueBefore(end)) recorder.take(life.take({ kind: 'time' }, end - 1), null);
  recorder.skipped = life.skipped;
  return tell(backtest, history, recorder, atStart, life.position());
}

/** Everything before `until`; gives how many inputs that were. */
function liveSilently(life: Life, inputs: readonly Taken[], until: Instant): number {
  let next = 0;
  for (; next < inputs.length; next += 1) {
    const { at, input } = inputs[next]!;
    if (at >= until) break;
    life.take(input, at, SILENTLY);
  }
  if (life.isDueBefore(until)) life.take({ kind: 'time' }, until - 1, SILENTLY);
  return next;
}

/** False when the engine gave up on an appointment: whoever lived on would meet it again before anything else. */
function liveSpan(
  life: Life,
  recorder: Recorder,
  story: { readonly inputs: readonly Taken[]; readonly end: Instant; readonly byMoment: boolean },
): boolean {
  const { inputs, end } = story;
  let next = 0;
  for (let looked = 0; looked < APPOINTMENTS_MAX;) {
    const taken = inputs[next];
    const inputAt = taken === undefined || taken.at >= end ? NEVER : taken.at;
    const due = recorder.nextLook();
    const dueAt = due?.at ?? NEVER;
    const wakeAt = story.byMoment ? life.wakeAt() : NEVER;
    const refitAt = life.nextRefitAt();
    const at = Math.min(inputAt, dueAt, wakeAt, refitAt);
    if (at >= end) return true;
    // At one instant: what was learnt, what happened, the last look at a message, then what time alone brings.
    if (refitAt === at) {
      if (life.isDueBefore(at)) recorder.take(life.take({ kind: 'time' }, at - 1), null);
      recorder.take(life.refit(), null);
    } else if (taken !== undefined && inputAt === at) {
      next += 1;
      recorder.take(life.take(taken.input, at), eventOf(taken.input));
    } else if (due !== null && dueAt === at) {
      recorder.looking(due.message);
      recorder.take(life.take({ kind: 'look', message: due.message, suppressed: false }, at), null);
      if (recorder.wasHanded(due.message)) recorder.take(life.take(handed(due.message), at), null);
    } else {
      looked += 1;
      const { skipped } = life;
      recorder.take(life.take({ kind: 'time' }, at), null);
      if (life.skipped > skipped) return false;
    }
  }
  life.skipped += 1;
  return false;
}

const SILENTLY: StepOptions = { silent: true, cause: { kind: 'import', id: null } };

/** A person under way: steps, folds again where history is asked for, passes over what the engine gives up on. */
class Life {
  readonly #backtest: Backtest;
  readonly #history: PersonHistory;
  #person: Person;
  #program: Program;
  /** The next of the programs that are to come. */
  #next: number;
  skipped = 0;

  constructor(backtest: Backtest, history: PersonHistory, at: Instant) {
    this.#backtest = backtest;
    this.#history = history;
    const { program, refitted } = backtest;
    const later = refitted.findIndex((refit) => refit.at > at);
    this.#next = later === -1 ? refitted.length : later;
    this.#program = refitted[this.#next - 1]?.program ?? program;
    const person = newPerson(this.#program, history.id, at);
    const assumed: Consent = { status: 'given', basis: 'assumed', source: 'backtest', at };
    this.#person = backtest.options.assumeConsent
      ? { ...person, standing: { ...person.standing, consents: { '*/*': assumed } } }
      : person;
  }

  take(input: Input, at: Instant, options: StepOptions = {}): readonly Decision[] {
    const program = this.#program;
    let stepped = step(program, this.#person, input, at, options);
    if (stepped.kind === 'needs_history')
      stepped = step(program, this.#person, input, at, { ...options, history: this.#before(input) });
    return this.#accept(stepped);
  }

  nextRefitAt(): Instant {
    return this.#backtest.refitted[this.#next]?.at ?? NEVER;
  }

  /** What was learnt moves memberships silently; appointments of this very instant come after what happens at it. */
  refit(): readonly Decision[] {
    const { at, program, changed } = this.#backtest.refitted[this.#next]!;
    this.#next += 1;
    this.#program = program;
    return this.take({ kind: 'time' }, at, { silenceUpTo: at - 1, changed });
  }

  #accept(stepped: Stepped): readonly Decision[] {
    if (stepped.kind !== 'stepped') {
      this.skipped += 1;
      return [];
    }
    this.#person = stepped.person;
    return stepped.decisions;
  }

  /** All events before this one, in the order in which they are lived through. */
  #before(input: Input): PersonHistory['events'] {
    const { events } = this.#history;
    if (input.kind === 'event') return events.slice(0, events.indexOf(input.event));
    const { advanced_to: now } = this.#person;
    return events.filter((event) => event.at <= now);
  }

  wakeAt(): Instant {
    return this.#person.wake_at ?? NEVER;
  }

  isDueBefore(at: Instant): boolean {
    return this.wakeAt() < at;
  }

  /** In the segment (its key), in a stage of the model (the stage), on the journey (its key); null: not. */
  position(): string | null {
    const { tested } = this.#backtest;
    const { standing } = this.#person;
    switch (tested.kind) {
      case 'segment':
        return tested.key in standing.segments ? tested.key : null;
      case 'model':
        return standing.stages[tested.model.key]?.stage ?? null;
      case 'journey':
        return Object.values(standing.runs).some((run) => run.journey === tested.key) ? tested.key : null;
    }
  }
}

/** Events and what was recorded otherwise, by time; at one instant events first. */
function inputsOf({ events, consents }: PersonHistory): readonly Taken[] {
  const taken = events.map((event): Taken => ({ at: event.at, input: { kind: 'event', event } }));
  if (consents.length === 0) return taken;
  const recorded = consents.map(({ at, changes }): Taken => ({ at, input: { kind: 'consent', changes } }));
  return [...taken, ...recorded].sort((a, b) => a.at - b.at);
}

function eventOf(input: Input): string | null {
  return input.kind === 'event' ? input.event.name : null;
}

/** The virtual hand-off always succeeds. */
function handed(message: string): Input {
  return { kind: 'result', message, outcome: { kind: 'sent', provider_id: null, via: 'backtest' } };
}

function tell(
  backtest: Backtest,
  history: PersonHistory,
  recorder: Recorder,
  atStart: string | null,
  atEnd: string | null,
): Outcome {
  const { reached, left, refits, skipped } = recorder;
  const runs = recorder.runs();
  const messages = recorder.messages();
  const told = {
    id: history.id,
    events: history.events.length,
    firstAt: history.events[0]?.at ?? null,
    ...{ skipped, atStart, atEnd, reached, left, refits, runs, messages },
  };
  const first = reached.find((one) => one.to !== null);
  if (first === undefined) return { ...told, anyway: null, anywayByStage: {}, orders: [], contacts: [] };
  const orders = orderHistory(backtest.orders, history.events);
  const judge = (one: Reached): Anyway => judgeAnyway(backtest.orders, orders, history, one.at);
  const anywayByStage: { [stage: string]: Anyway } = {};
  if (backtest.tested.kind === 'model')
    for (const one of reached) if (one.to !== null) anywayByStage[one.to] ??= judge(one);
  return {
    ...told,
    anyway: judge(first),
    anywayByStage,
    orders: orders.purchases.map((event) => event.at),
    contacts: history.contacts,
  };
}
