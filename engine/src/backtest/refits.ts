// The programs of a backtest, one for each time that more had been learnt: alike in everything but what was learnt of everyone's
// rhythm by then, so that nobody is judged by what only came later.
import type { Changed } from '../changed.ts';
import { nextPeriod, periodStart } from '../lib/calendar.ts';
import type { Instant } from '../lib/instant.ts';
import { localDay, dayStart } from '../lib/zone.ts';
import type { Zone } from '../lib/zone.ts';
import { predictionsIn, asksAny } from '../prediction/asked.ts';
import type { Prediction } from '../prediction/parameters.ts';
import { compile } from '../program.ts';
import type { Program } from '../program.ts';
import type { Span } from './story.ts';

/** In use from this instant on. */
export interface Refit {
  readonly at: Instant;
  readonly prediction: Prediction;
}

export interface Refitted {
  readonly at: Instant;
  readonly program: Program;
  /** Only rules that ask for what was learnt are asked again. */
  readonly changed: Changed;
}

/** Longer spans learn every second month, or more seldom. */
const REFITS_MAX = 36;

/** The beginning of the span, and each month of the workspace that begins within it. */
export function refitInstants(span: Span, zone: Zone): readonly Instant[] {
  const months: Instant[] = [];
  let month = periodStart('month', localDay(zone, span.from));
  for (;;) {
    month = nextPeriod('month', month);
    const at = dayStart(zone, month);
    if (at >= span.to) break;
    months.push(at);
  }
  const step = Math.ceil(months.length / REFITS_MAX);
  return [span.from, ...months.filter((_, i) => i % step === 0)];
}

export function refittedPrograms(first: Program, later: readonly Refit[]): readonly Refitted[] {
  let { version } = first;
  const places = placesThatAsk(first);
  return later.map(({ at, prediction }) => {
    const changed = { from: version, places };
    version += 1;
    const { definition } = first;
    const refits_since = definition.version;
    const program = compile({ ...definition, prediction, version, changed_at: at, refits_since });
    return { at, program, changed };
  });
}

/** Segments whose own rule asks; who refers to them is asked when they move. Models with a stage that does, and programmes with a tier. */
function placesThatAsk({ segments, models, programmes, definition }: Program): readonly number[] {
  const asks = (thing: unknown): boolean => asksAny(predictionsIn(thing));
  const rules = new Map(definition.segments.map(({ key, rule }) => [key, rule]));
  const stages = new Map(definition.models.map((model) => [model.key, model.stages]));
  return [
    ...segments.map(({ key }) => rules.get(key)),
    ...models.map(({ key }) => stages.get(key)),
    ...programmes.map(({ definition: { tiers } }) => tiers),
  ].flatMap((thing, place) => (asks(thing) ? [place] : []));
}
