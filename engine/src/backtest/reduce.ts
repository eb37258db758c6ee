// The program of a backtest: today's definitions cut down to what the thing under test asks about, so that an event touches
// little; and the thing under test put among them under a key that nothing else can have.
import type {
  Definition,
  JourneyDefinition,
  JourneyGraph,
  LifecycleDefinition,
  SegmentDefinition,
} from '../definition.ts';
import { COMPLAINT_SEGMENT } from '../policy/look.ts';
import type { Rule } from '../rules/rule.ts';
import { GONE_SEGMENT } from '../settle.ts';
import { OUTSIDE_SEGMENT } from '../touched.ts';

/** The key of what is tested without being stored; no stored key begins like this. */
export const TESTED_KEY = '~tested';

/** What is put to the test. `key`: the stored one, so that what refers to it means it, or TESTED_KEY. */
export type Tested =
  | { readonly kind: 'segment'; readonly key: string; readonly rule: Rule }
  | { readonly kind: 'model'; readonly model: LifecycleDefinition }
  | {
      readonly kind: 'journey';
      readonly key: string;
      readonly version: number;
      readonly graph: JourneyGraph;
    };

export interface ReduceOptions {
  /** Other journeys that are on are lived through beside it. */
  readonly others: boolean;
  /** The journey's own control group is kept; otherwise everyone is treated. */
  readonly holdOut: boolean;
}

/** The definitions that the test needs, the tested one among them and switched on. */
export function reduceDefinition(definition: Definition, tested: Tested, options: ReduceOptions): Definition {
  const all = withTested(definition, tested, options.holdOut);
  const needed = new Needed(all);
  needed.root(tested);
  if (options.others)
    for (const journey of all.journeys) if (journey.active !== null) needed.journey(journey.key);
  return {
    ...all,
    segments: all.segments.filter((s) => needed.segments.has(s.key)),
    models: all.models.filter((m) => needed.models.has(m.key)),
    ...(all.programmes === undefined
      ? {}
      : { programmes: all.programmes.filter((p) => needed.programmes.has(p.key)) }),
    journeys: all.journeys.filter((j) => needed.journeys.has(j.key)),
  };
}

function withTested(definition: Definition, tested: Tested, holdOut: boolean): Definition {
  const journeys = definition.journeys.map(activeOnly);
  switch (tested.kind) {
    case 'segment': {
      const { key, rule } = tested;
      const name = definition.segments.find((s) => s.key === key)?.name ?? key;
      return {
        ...definition,
        journeys,
        segments: put<SegmentDefinition>(definition.segments, { key, name, rule }),
      };
    }
    case 'model':
      return { ...definition, journeys, models: put(definition.models, tested.model) };
    case 'journey': {
      const { key, version, graph } = tested;
      const on: JourneyDefinition = {
        key,
        name: definition.journeys.find((j) => j.key === key)?.name ?? key,
        active: version,
        versions: { [String(version)]: holdOut ? graph : { ...graph, hold_out: 0 } },
      };
      return { ...definition, journeys: put(journeys, on) };
    }
  }
}

function put<T extends { readonly key: string }>(things: readonly T[], thing: T): readonly T[] {
  return [...things.filter((other) => other.key !== thing.key), thing];
}

/** Nobody is on an older version at the beginning: only the active one is lived through. */
function activeOnly(journey: JourneyDefinition): JourneyDefinition {
  const graph = journey.active === null ? undefined : journey.versions[String(journey.active)];
  return graph === undefined
    ? { ...journey, active: null, versions: {} }
    : { ...journey, versions: { [String(journey.active)]: graph } };
}

/** Follows what names what, from the tested thing on. */
class Needed {
  readonly segments = new Set<string>();
  readonly models = new Set<string>();
  readonly journeys = new Set<string>();
  readonly programmes = new Set<string>();
  readonly #all: Definition;

  constructor(all: Definition) {
    this.#all = all;
  }

  root(tested: Tested): void {
    if (tested.kind === 'segment') this.segment(tested.key);
    else if (tested.kind === 'model') this.model(tested.model.key);
    else this.journey(tested.key);
  }

  segment(key: string): void {
    const found = this.#all.segments.find((s) => s.key === key);
    if (found === undefined || this.segments.has(key)) return;
    this.segments.add(key);
    this.follow(found.rule);
  }

  model(key: string): void {
    const found = this.#all.models.find((m) => m.key === key);
    if (found === undefined || this.models.has(key)) return;
    this.models.add(key);
    this.segment(OUTSIDE_SEGMENT);
    this.follow(found.stages);
  }

  journey(key: string): void {
    const found = this.#all.journeys.find((j) => j.key === key);
    if (found === undefined || this.journeys.has(key)) return;
    this.journeys.add(key);
    // The sending rules ask for it.
    this.segment(COMPLAINT_SEGMENT);
    this.follow(found.versions);
  }

  programme(key: string): void {
    const found = this.#all.programmes?.find((p) => p.key === key);
    if (found === undefined || this.programmes.has(key)) return;
    this.programmes.add(key);
    this.follow([found.earn, found.tiers]);
  }

  /** Every place that names a thing is an object with a `kind` and the thing's key, in rules and graphs alike. */
  follow(json: unknown): void {
    if (typeof json !== 'object' || json === null) return;
    if (Array.isArray(json)) {
      for (const item of json) this.follow(item);
      return;
    }
    const { kind, segment, model, journey, programme } = json as { readonly [field: string]: unknown };
    if (typeof segment === 'string') this.segment(segment);
    if (typeof model === 'string') this.model(model);
    if (typeof journey === 'string') this.journey(journey);
    if (typeof programme === 'string') this.programme(programme);
    if (kind === 'episode') this.segment(GONE_SEGMENT);
    for (const value of Object.values(json)) this.follow(value);
  }
}
