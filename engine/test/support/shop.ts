// A shop as it ships: the shipped segments, the default model and two of the ready journeys switched on, on a UTC clock.
import { compile, DAY_MS, lifecyclePresets, readyJourneys, shippedSegments } from '../../src/index.ts';
import type { ConsentChange, Definition, EventFact, Input, JourneyGraph, Program } from '../../src/index.ts';
import { begin, take } from './live.ts';
import type { Life } from './live.ts';
import { baseDefinition } from './worlds.ts';

export const DAY_ONE = Date.parse('2026-01-05T10:00:00Z');
export const day = (n: number): number => DAY_ONE + n * DAY_MS;

export const OPTED_IN: ConsentChange = {
  channel: 'email',
  topic: 'offers',
  status: 'given',
  basis: 'opted_in',
  source: 'test',
};

export function shopDefinition(
  parts: Partial<Definition> = {},
  change: Partial<JourneyGraph> = { hold_out: 0 },
  switchedOn: readonly string[] = ['welcome', 'broken_rhythm'],
): Definition {
  return baseDefinition({
    time_zone: 'UTC',
    visit: { event: ['Page Viewed', 'Screen Viewed'] },
    segments: shippedSegments,
    models: lifecyclePresets.slice(0, 1),
    journeys: readyJourneys.map((j) => ({
      key: j.key,
      name: j.name,
      active: switchedOn.includes(j.key) ? 1 : null,
      versions: { 1: { ...j.graph, ...change } },
    })),
    ...parts,
  });
}

export class Shop {
  readonly program: Program;
  readonly life: Life;
  clock: number;
  count = 0;

  constructor(definition: Definition = shopDefinition(), at = DAY_ONE) {
    this.program = compile(definition);
    this.clock = at;
    this.life = begin(this.program, 'p1', at);
  }

  /** Lets time pass to `at`, taking every appointment on the way at its moment. */
  until(at: number): this {
    const { life } = this;
    while (life.person.wake_at !== null && life.person.wake_at < at)
      take(this.program, life, { kind: 'time' }, life.person.wake_at);
    this.clock = at;
    return this;
  }

  input(at: number, input: Input): this {
    this.until(at);
    take(this.program, this.life, input, at);
    return this;
  }

  consent(at: number, change: ConsentChange = OPTED_IN): this {
    return this.input(at, { kind: 'consent', changes: [change] });
  }

  event(
    at: number,
    name: string,
    properties: EventFact['properties'] = {},
    parts: Partial<EventFact> = {},
  ): this {
    this.count += 1;
    const event: EventFact = {
      id: `m${this.count}`,
      at,
      type: 'track',
      name,
      trust: 'server',
      properties,
      traits: {},
      identities: [['email', 'sally@example.test']],
      ...parts,
    };
    return this.input(Math.max(at, this.clock), { kind: 'event', event });
  }

  order(at: number, id: string, total = 40): this {
    return this.event(at, 'Order Completed', { order_id: id, total });
  }

  /** `kind` of decisions so far, with what they are about. */
  told(kind: string): readonly string[] {
    return this.life.decisions.flatMap((d) => {
      if (d.kind !== kind) return [];
      if (d.kind === 'message_requested')
        return [`${d.template ?? d.webhook?.url} ${d.first_look.verdict} day ${this.dayOf(d.due_at)}`];
      if (d.kind === 'stage_changed') return [`${d.to} day ${this.dayOf(d.due_at)}`];
      if (d.kind === 'run_ended') return [`${d.journey} ${d.reason} day ${this.dayOf(d.due_at)}`];
      if (d.kind === 'message_looked')
        return [d.verdict.verdict === 'send' ? 'send' : `${d.verdict.verdict} ${d.verdict.reason}`];
      if (d.kind === 'segment_joined' || d.kind === 'segment_left')
        return [`${d.segment} day ${this.dayOf(d.due_at)}`];
      return [d.kind];
    });
  }

  /** The one message that is still open. */
  openMessage(): string {
    const [id] = Object.keys(this.life.person.standing.open);
    if (id === undefined) throw new Error('no open message');
    return id;
  }

  dayOf(at: number): number {
    return (at - DAY_ONE) / DAY_MS;
  }
}
