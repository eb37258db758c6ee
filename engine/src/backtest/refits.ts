// The programs of a backtest, one for each time that more had been learnt: alike in everything but what was learnt of everyone's
// rhythm by then, so that nobody is judged by what only came later.
import type { Changed } from '../changed.ts';
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
  for (let month = monthOf(localDay(zone, span.from)) + 1; ; month += 1) {
    const at = dayStart(zone, firstDayOf(month));
    if (at >= span.to) break;
    if (at > span.from) months.push(at);
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

/** Segments whose own rule asks; who refers to them is asked when they move. Models with a stage that does. */
function placesThatAsk({ segments, models, definition }: Program): readonly number[] {
  const asks = (thing: unknown): boolean => asksAny(predictionsIn(thing));
  const rules = new Map(definition.segments.map(({ key, rule }) => [key, rule]));
  const stages = new Map(definition.models.map((model) => [model.key, model.stages]));
  return [...segments.map(({ key }) => rules.get(key)), ...models.map(({ key }) => stages.get(key))].flatMap(
    (thing, place) => (asks(thing) ? [place] : []),
  );
}

/** Months since January 1970. */
function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function firstDayOf(month: number): number {
  return Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12, 1) / 86_400_000;
}
