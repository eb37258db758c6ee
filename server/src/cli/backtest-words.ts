// What `rapport backtest` prints: the findings in plain sentences, a picture in one line, the caveats.
import type { z } from 'zod';
import type { backtestSchema } from '../http/backtest-view.ts';

type Told = z.infer<typeof backtestSchema>;
type Result = NonNullable<Told['result']>;
type Anyway = Result['stages'] extends (infer Stage)[] | null
  ? Stage extends { ordered_anyway: infer A }
    ? A
    : never
  : never;

const numbers = new Intl.NumberFormat('en');
const bars = '▁▂▃▄▅▆▇█';
const barsMax = 60;

export function backtestWords(told: Told, result: Result): readonly string[] {
  return [
    result.title,
    `${told.name}: ${told.sentence}`,
    '',
    ...pictureWords(result),
    reachedWords(told, result),
    ...(result.stages === null ? [anywayWords(result.ordered_anyway)] : []),
    ...stagesWords(result),
    ...journeyWords(result),
    ...overlapWords(result),
    ...result.notes.map((note) => `  → ${note}`),
    `Lived through: ${n(result.history.people)} people, ${n(result.history.events)} events. Nothing was changed and nobody was contacted.`,
  ];
}

/** `2025-05-26 ▁▁▃█▂ 2026-05-25`, a bar a point; long spans are drawn together. */
function pictureWords({ series }: Result): readonly string[] {
  const { points, unit } = series;
  const each = Math.ceil(points.length / barsMax);
  const sums: number[] = [];
  points.forEach(
    (point, i) => (sums[Math.floor(i / each)] = (sums[Math.floor(i / each)] ?? 0) + point.times),
  );
  const most = Math.max(...sums, 0);
  if (most === 0) return [];
  const drawn = sums
    .map((sum) => (sum === 0 ? ' ' : bars[Math.ceil((sum / most) * bars.length) - 1]))
    .join('');
  const span = each === 1 ? `a ${unit}` : `${each} ${unit}s`;
  return [`${points[0]?.from} ${drawn} ${points.at(-1)?.from}  (a bar: ${span}, at most ${n(most)} times)`];
}

function reachedWords(told: Told, { reached }: Result): string {
  const kind = told.of['kind'];
  const times = reached.times === reached.people ? '' : `, ${n(reached.times)} times in all`;
  const where = kind === 'journey' ? 'on it' : kind === 'model' ? 'in a stage' : 'in it';
  const [was, is] = [reached.already === 1 ? 'was' : 'were', reached.at_end === 1 ? 'is' : 'are'];
  const before = kind === 'journey' ? '' : `; ${n(reached.already)} ${was} ${where} before`;
  return `Reached: ${people(reached.people)}${times}${before}; ${n(reached.at_end)} ${is} ${where} at the end.`;
}

function anywayWords(told: Anyway): string {
  const rate =
    told.share === null || told.low === null || told.high === null
      ? ''
      : ` (${percent(told.share)}, between ${percent(told.low)} and ${percent(told.high)})`;
  const rest = [
    ...(told.undecided > 0 ? [`${n(told.undecided)} cannot be told yet`] : []),
    ...(told.contacted > 0 ? [`${n(told.contacted)} had a message from us meanwhile`] : []),
  ];
  return `Would have ordered anyway within two of their usual gaps: ${n(told.people)} of ${n(told.of)}${rate}${rest.map((part) => `; ${part}`).join('')}.`;
}

/** Who would have ordered anyway is told of stages that call for something. */
function stagesWords({ stages }: Result): readonly string[] {
  return (stages ?? []).map((stage) => {
    const moves = `${n(stage.times)} ${stage.times === 1 ? 'move' : 'moves'} into it by ${people(stage.people)}`;
    const { people: ordered, of } = stage.ordered_anyway;
    const anyway = stage.look === 'growing' || of === 0 ? '' : `, ${n(ordered)} of ${n(of)} ordered anyway`;
    return `  ${stage.name}: ${n(stage.at_start)} at the beginning, ${n(stage.at_end)} at the end; ${moves}${anyway}.`;
  });
}

function journeyWords({ journey, messages }: Result): readonly string[] {
  if (journey === null || messages === null) return [];
  const reasons = (list: readonly { readonly words: string; readonly messages: number }[]): string =>
    list.length === 0 ? '' : ` (${list.map((one) => `${n(one.messages)} ${one.words}`).join('; ')})`;
  return [
    `Runs: ${n(journey.runs)}; ${n(journey.goals)} reached the goal, ${n(journey.under_way)} under way at the end.`,
    `Messages: ${n(messages.sent)} of ${n(messages.asked)} would have been sent, to ${people(messages.people)}.`,
    `  held by the sending rules: ${n(messages.held)}${reasons(messages.held_reasons)}`,
    `  not sent: ${n(messages.dropped)}${reasons(messages.dropped_reasons)}`,
    ...(messages.withheld > 0 ? [`  kept from the control group: ${n(messages.withheld)}`] : []),
    ...(messages.waiting > 0 ? [`  still waiting at the end: ${n(messages.waiting)}`] : []),
  ];
}

function overlapWords({ overlap }: Result): readonly string[] {
  if (overlap.any === 0) return [];
  const which = overlap.journeys
    .map((one) => `${one.name} ${n(Math.max(one.in_run, one.message))}`)
    .join(', ');
  return [
    `Overlap: ${people(overlap.any)} ${overlap.any === 1 ? 'was' : 'were'} in another journey or would have got its message within ${overlap.days} days (${which}).`,
  ];
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${n(count)} people`;
}

function n(value: number): string {
  return numbers.format(value);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
