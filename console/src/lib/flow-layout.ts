// Where the bars and ribbons of a flow picture lie: stages then at the left, now at the right, each side in the model's
// order; who stayed is a ribbon too. At most twelve moves are drawn; the others stand in the table.
import type { Flow, FlowStage } from '../api/flows.ts';

export const movesMax = 12;

export interface FlowBar {
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly people: number;
}

export interface FlowRibbon {
  readonly from: number;
  readonly to: number;
  readonly people: number;
  readonly stayed: boolean;
  /** Tops at the left and right, and the height. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface FlowLayout {
  readonly before: readonly FlowBar[];
  readonly now: readonly FlowBar[];
  readonly ribbons: readonly FlowRibbon[];
  readonly height: number;
}

const gap = 12;
const barMin = 2;

/** `tall` is how high all people together are, in pixels. */
export function layoutFlows(stages: readonly FlowStage[], flows: readonly Flow[], tall: number): FlowLayout {
  const side = (of: (stage: FlowStage) => number, scale: number): FlowBar[] => {
    let top = 0;
    return stages.map((stage, index) => {
      const people = of(stage);
      const height = Math.max(barMin, people * scale);
      const bar = { index, top, height, people };
      top += height + gap;
      return bar;
    });
  };
  const sum = (of: (stage: FlowStage) => number) => stages.reduce((all, stage) => all + of(stage), 0);
  const scale =
    tall /
    Math.max(
      1,
      sum((stage) => stage.before),
      sum((stage) => stage.now),
    );
  const before = side((stage) => stage.before, scale);
  const now = side((stage) => stage.now, scale);

  const place = new Map(stages.map((stage, i) => [stage.key, i]));
  const moves = flows
    .flatMap(({ from, to, people }) => {
      const [a, b] = [from === null ? undefined : place.get(from), to === null ? undefined : place.get(to)];
      return a === undefined || b === undefined ? [] : [{ from: a, to: b, people, stayed: false }];
    })
    .slice(0, movesMax);
  const stays = stages.map((stage, i) => {
    const left = flows.filter(({ from }) => from === stage.key).reduce((all, { people }) => all + people, 0);
    return { from: i, to: i, people: Math.max(0, stage.before - left), stayed: true };
  });
  const all = [...moves, ...stays].filter(({ people }) => people > 0);
  const leftTops = before.map((bar) => bar.top);
  const rightTops = now.map((bar) => bar.top);
  const lefts = new Map<object, number>();
  for (const ribbon of all.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    lefts.set(ribbon, leftTops[ribbon.from] ?? 0);
    leftTops[ribbon.from] = (leftTops[ribbon.from] ?? 0) + ribbon.people * scale;
  }
  const ribbons = all
    .toSorted((a, b) => a.to - b.to || a.from - b.from)
    .map((ribbon) => {
      const right = rightTops[ribbon.to] ?? 0;
      const height = ribbon.people * scale;
      rightTops[ribbon.to] = right + height;
      return { ...ribbon, left: lefts.get(ribbon) ?? 0, right, height };
    });
  const bottom = (bars: readonly FlowBar[]) =>
    Math.max(0, ...bars.map(({ top, height: tallness }) => top + tallness));
  return { before, now, ribbons, height: Math.max(bottom(before), bottom(now)) };
}
