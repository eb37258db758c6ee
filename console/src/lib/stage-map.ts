// Where the stages and the arrows between them lie on a model's map: stages in a row (or a column on a phone), moves forward as arcs on
// one side, moves back on the other, the further the higher. At most twelve are drawn; the others stand in the table.
import type { Flow } from '../api/flows.ts';

export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly people: number;
  readonly forward: boolean;
  /** Along the row: where it begins and ends. */
  readonly start: number;
  readonly end: number;
  /** Across it: how far the arc stands out from the row. */
  readonly out: number;
  /** 1 to 6 pixels, by people. */
  readonly width: number;
}

export interface StageMap {
  readonly arcs: readonly Arc[];
  /** How far arcs stand out on either side. */
  readonly ahead: number;
  readonly behind: number;
}

export const arcsMax = 12;

/** `pitch` is the distance between two stages' middles; `step` how much higher an arc stands for each stage that it passes. */
export function layoutStages(
  keys: readonly string[],
  flows: readonly Flow[],
  { pitch, step }: { readonly pitch: number; readonly step: number },
): StageMap {
  const place = new Map(keys.map((key, i) => [key, i]));
  const moves = flows
    .flatMap(({ from, to, people }) => {
      const [a, b] = [from === null ? undefined : place.get(from), to === null ? undefined : place.get(to)];
      return a === undefined || b === undefined || a === b ? [] : [{ from: a, to: b, people }];
    })
    .slice(0, arcsMax);
  const most = Math.max(1, ...moves.map(({ people }) => people));
  const arcs = moves.map(({ from, to, people }): Arc => {
    const forward = to > from;
    const lean = forward ? 1 : -1;
    const far = Math.abs(to - from);
    return {
      from,
      to,
      people,
      forward,
      // Who leaves begins a little ahead of the middle, who comes ends a little before it.
      start: from * pitch + lean * pitch * 0.14,
      end: to * pitch - lean * pitch * 0.14,
      out: step * far + step * 0.4,
      width: 1 + 5 * Math.sqrt(people / most),
    };
  });
  const far = (forward: boolean) =>
    Math.max(0, ...arcs.filter((arc) => arc.forward === forward).map(({ out }) => out));
  return { arcs, ahead: far(true), behind: far(false) };
}
