// Writes down what the decisions of a backtest say of one person: moments reached, runs, messages, looks that are due.
// Decides nothing. Mutable while one person is lived through.
import type { Decision } from '../decision.ts';
import type { Instant } from '../lib/instant.ts';
import type { Tested } from './reduce.ts';
import type { MessageStory, Moved, Reached, RunStory } from './story.ts';

export class Recorder {
  readonly #tested: Tested;
  readonly reached: Reached[] = [];
  readonly left: Instant[] = [];
  readonly refits: Moved[] = [];
  skipped = 0;
  readonly #runs = new Map<string, RunStory>();
  readonly #messages = new Map<string, MessageStory>();
  readonly #looks = new Map<string, Instant>();

  constructor(tested: Tested) {
    this.#tested = tested;
  }

  runs(): readonly RunStory[] {
    return [...this.#runs.values()];
  }

  messages(): readonly MessageStory[] {
    return [...this.#messages.values()];
  }

  /** The look that is due first. */
  nextLook(): { readonly message: string; readonly at: Instant } | null {
    let next: { message: string; at: Instant } | null = null;
    for (const [message, at] of this.#looks) if (next === null || at < next.at) next = { message, at };
    return next;
  }

  looking(message: string): void {
    this.#looks.delete(message);
  }

  wasHanded(message: string): boolean {
    return this.#messages.get(message)?.end === 'sent';
  }

  /** `event`: the name of the event that was taken, if one was. */
  take(decisions: readonly Decision[], event: string | null): void {
    for (const decision of decisions) {
      this.#position(decision, decision.cause.kind === 'event' ? event : null);
      this.#run(decision);
      this.#message(decision);
    }
  }

  #position(d: Decision, event: string | null): void {
    const tested = this.#tested;
    const at = d.due_at;
    if (d.cause.kind === 'refit') return this.#refit(d);
    if (tested.kind === 'segment') {
      if (d.kind === 'segment_joined' && d.segment === tested.key)
        this.reached.push({ at, event, from: null, to: tested.key });
      if (d.kind === 'segment_left' && d.segment === tested.key) this.left.push(at);
    } else if (tested.kind === 'model') {
      if (d.kind === 'stage_changed' && d.model === tested.model.key)
        this.reached.push({ at, event, from: d.from, to: d.to });
    } else if (d.kind === 'run_started' && d.run.journey === tested.key) {
      this.reached.push({ at, event, from: null, to: tested.key });
    }
  }

  #refit(d: Decision): void {
    const tested = this.#tested;
    const at = d.due_at;
    if (tested.kind === 'segment' && d.kind === 'segment_joined' && d.segment === tested.key)
      this.refits.push({ at, from: null, to: tested.key });
    if (tested.kind === 'segment' && d.kind === 'segment_left' && d.segment === tested.key)
      this.refits.push({ at, from: tested.key, to: null });
    if (tested.kind === 'model' && d.kind === 'stage_changed' && d.model === tested.model.key)
      this.refits.push({ at, from: d.from, to: d.to });
  }

  #run(d: Decision): void {
    if (d.kind === 'run_started') {
      const { id, journey, arm, node } = d.run;
      const story = { id, journey, arm, startedAt: d.due_at, nodes: [node] };
      this.#runs.set(id, { ...story, goalAt: null, endedAt: null, ended: null });
    }
    if (d.kind !== 'run_moved' && d.kind !== 'goal_reached' && d.kind !== 'run_ended') return;
    const run = this.#runs.get(d.run);
    if (run === undefined) return;
    if (d.kind === 'run_moved') run.nodes.push(d.to);
    if (d.kind === 'goal_reached') run.goalAt = d.due_at;
    if (d.kind === 'run_ended') Object.assign(run, { endedAt: d.due_at, ended: d.reason });
  }

  #message(d: Decision): void {
    if (d.kind === 'message_requested') {
      const { message, template, first_look } = d;
      const { id, journey, node, channel } = message;
      const about = { id, journey: journey ?? '', node: node ?? '', channel, template };
      this.#messages.set(id, { ...about, ...WAITING, askedAt: d.due_at });
      this.#verdict(id, first_look, d.due_at, false);
    }
    if (d.kind === 'message_withheld') {
      const journey = this.#runs.get(d.run)?.journey ?? '';
      const about = { id: d.message, journey, node: d.node, channel: 'email', template: d.template };
      const ended = { askedAt: d.due_at, end: 'withheld' as const, endedAt: d.due_at };
      this.#messages.set(d.message, { ...about, ...WAITING, ...ended });
    }
    if (d.kind === 'message_looked') this.#verdict(d.message, d.verdict, d.due_at, true);
  }

  /** What the first look lets go is looked at again at once, as the sender does; only the last look sends. */
  #verdict(
    id: string,
    verdict: Extract<Decision, { kind: 'message_looked' }>['verdict'],
    at: Instant,
    isLast: boolean,
  ): void {
    const message = this.#messages.get(id);
    if (message === undefined) return;
    switch (verdict.verdict) {
      case 'send':
        if (isLast) Object.assign(message, { end: 'sent', endedAt: at });
        else this.#looks.set(id, at);
        return;
      case 'hold':
        message.held ??= verdict.reason;
        this.#looks.set(id, Math.max(verdict.until, at + 1));
        return;
      case 'drop':
        Object.assign(message, { end: 'dropped', endedAt: at, dropped: verdict.reason });
    }
  }
}

const WAITING = { held: null, end: 'waiting' as const, endedAt: null, dropped: null };
