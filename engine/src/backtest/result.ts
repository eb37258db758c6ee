// What a backtest answers: the tally with every point of the series, shares with their intervals, most frequent first. Numbers
// only; instants in milliseconds. The shell puts words and names to it.
import { DAY_MS } from '../lib/instant.ts';
import type { Instant } from '../lib/instant.ts';
import { roundStored } from '../lib/round.ts';
import type { Backtest } from './live.ts';
import type { SamplePerson } from './sample.ts';
import { OVERLAP_MS, pointOf, seriesUnit } from './tally.ts';
import type { AnywayTally, Counts, NodeTally, SeriesUnit, Tally } from './tally.ts';

export interface OrderedAnyway {
  readonly people: number;
  readonly of: number;
  /** Null under 30 people: counts say it better. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly undecided: number;
  readonly contacted: number;
}

export interface MessagesByReason {
  readonly reason: string;
  readonly messages: number;
  /** A few people, each with the moment; absent of what was stored before there were any. */
  readonly examples?: readonly { readonly id: string; readonly at: Instant }[];
}

export interface BacktestResult {
  readonly people: number;
  readonly events: number;
  readonly first_at: Instant | null;
  readonly skipped_inputs: number;
  readonly reached: Tally['reached'];
  readonly refits: Tally['refits'];
  readonly series: {
    readonly unit: SeriesUnit;
    /** `from`: the first local day, `2026-05-04`. */
    readonly points: readonly {
      readonly from: string;
      readonly times: number;
      readonly people: number;
      readonly messages: number;
      readonly by: Counts;
    }[];
  };
  /** Of a model, in its order. */
  readonly stages:
    | readonly {
        readonly stage: string;
        readonly at_start: number;
        readonly at_end: number;
        readonly times: number;
        readonly people: number;
        readonly ordered_anyway: OrderedAnyway;
      }[]
    | null;
  readonly moves:
    | readonly { readonly from: string | null; readonly to: string | null; readonly times: number }[]
    | null;
  readonly journey:
    | (Tally['journey'] & {
        readonly ends: readonly { readonly reason: string; readonly runs: number }[];
        readonly nodes: readonly { readonly node: string; readonly visits: number }[];
      })
    | null;
  readonly messages:
    | (Omit<NodeTally, 'channel' | 'template'> & {
        readonly people: number;
        readonly held_reasons: readonly MessagesByReason[];
        readonly dropped_reasons: readonly MessagesByReason[];
        readonly by_node: readonly ({ readonly node: string } & NodeTally)[];
      })
    | null;
  readonly overlap: Tally['overlap'] & {
    readonly days: number;
    readonly journeys: readonly { readonly key: string; readonly in_run: number; readonly message: number }[];
  };
  readonly ordered_anyway: OrderedAnyway;
  readonly sample: readonly SamplePerson[];
}

/** Under this many people a share says more than is known. */
const SHARE_PEOPLE_MIN = 30;

export function backtestResult(backtest: Backtest, tally: Tally): BacktestResult {
  const { tested } = backtest;
  return {
    people: tally.people,
    events: tally.events,
    first_at: tally.first_at,
    skipped_inputs: tally.skipped,
    reached: tally.reached,
    refits: tally.refits,
    series: seriesOf(backtest, tally),
    stages: tested.kind === 'model' ? stagesOf(tested.model.stages, tally) : null,
    moves: tested.kind === 'model' ? movesOf(tally) : null,
    journey: tested.kind === 'journey' ? journeyOf(tested.graph.nodes, tally) : null,
    messages: tested.kind === 'journey' ? messagesOf(tested.graph.nodes, tally) : null,
    overlap: {
      days: OVERLAP_MS / DAY_MS,
      ...tally.overlap,
      journeys: Object.entries(tally.others)
        .map(([key, other]) => ({ key, ...other }))
        .sort((a, b) => b.in_run + b.message - a.in_run - a.message || (a.key < b.key ? -1 : 1)),
    },
    ordered_anyway: anywayOf(tally.anyway),
    sample: tally.sample,
  };
}

function seriesOf(backtest: Backtest, tally: Tally): BacktestResult['series'] {
  const { zone } = backtest.program;
  const { from, to } = backtest.options.span;
  const unit = seriesUnit(backtest);
  const points: BacktestResult['series']['points'][number][] = [];
  const last = pointOf(zone, unit, to - 1);
  for (let day = pointOf(zone, unit, from); day <= last; day += unit === 'day' ? 1 : 7) {
    const point = tally.points[String(day)] ?? { times: 0, people: 0, messages: 0, by: {} };
    points.push({ from: dayText(day), ...point });
  }
  return { unit, points };
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function stagesOf(stages: readonly { readonly key: string }[], tally: Tally): BacktestResult['stages'] {
  return stages.map(({ key }) => {
    const { anyway, ...counts } = tally.stages[key] ?? { ...NO_STAGE, anyway: NOBODY };
    return { stage: key, ...counts, ordered_anyway: anywayOf(anyway) };
  });
}

const NO_STAGE = { at_start: 0, at_end: 0, times: 0, people: 0 };
const NOBODY: AnywayTally = { ordered: 0, not_ordered: 0, contacted: 0, undecided: 0 };

function movesOf(tally: Tally): BacktestResult['moves'] {
  return byNumber(tally.moves).map(([move, times]) => {
    const [from = '', to = ''] = move.split('>');
    return { from: from === '' ? null : from, to: to === '' ? null : to, times };
  });
}

function journeyOf(nodes: { readonly [node: string]: unknown }, tally: Tally): BacktestResult['journey'] {
  return {
    ...tally.journey,
    ends: byNumber(tally.ends).map(([reason, runs]) => ({ reason, runs })),
    nodes: Object.keys(nodes).map((node) => ({ node, visits: tally.visits[node] ?? 0 })),
  };
}

function messagesOf(nodes: { readonly [node: string]: unknown }, tally: Tally): BacktestResult['messages'] {
  const sum = { asked: 0, sent: 0, held: 0, dropped: 0, withheld: 0, waiting: 0 };
  for (const node of Object.values(tally.nodes))
    for (const key of ['asked', 'sent', 'held', 'dropped', 'withheld', 'waiting'] as const)
      sum[key] += node[key];
  const reasons = (kind: string, counts: Counts): readonly MessagesByReason[] =>
    byNumber(counts).map(([reason, messages]) => ({
      reason,
      messages,
      examples: (tally.examples[`${kind}:${reason}`] ?? []).map(({ id, at }) => ({ id, at })),
    }));
  return {
    ...sum,
    people: tally.messaged,
    held_reasons: reasons('held', tally.held),
    dropped_reasons: reasons('dropped', tally.dropped),
    by_node: Object.keys(nodes).flatMap((node) => {
      const counts = tally.nodes[node];
      return counts === undefined ? [] : [{ node, ...counts }];
    }),
  };
}

function byNumber(counts: Counts): readonly (readonly [string, number])[] {
  return Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function anywayOf({ ordered, not_ordered, contacted, undecided }: AnywayTally): OrderedAnyway {
  const of = ordered + not_ordered;
  const counts = { people: ordered, of, undecided, contacted };
  if (of < SHARE_PEOPLE_MIN) return { ...counts, share: null, low: null, high: null };
  const [low, high] = wilson(ordered, of);
  return { ...counts, share: roundStored(ordered / of), low, high };
}

/** Wilson's 95 % interval of a share. */
function wilson(k: number, n: number): readonly [number, number] {
  const z = 1.959964;
  const p = k / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  return [
    roundStored(Math.max(0, (middle - half) / whole)),
    roundStored(Math.min(1, (middle + half) / whole)),
  ];
}
