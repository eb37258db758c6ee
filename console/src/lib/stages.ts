// Which colour and mark a stage has: growing ones from light to dark in their order, decline amber, ended hatched grey.
import type { Look } from '../api/rules.ts';

export interface StagePaint {
  readonly color: string;
  readonly hatched: boolean;
}

/** `looks` are the looks of all stages of the model, in order. */
export function stagePaint(looks: readonly Look[], index: number): StagePaint {
  const look = looks[index] ?? 'growing';
  if (look === 'decline') return { color: 'var(--stage-decline)', hatched: false };
  if (look === 'ended') return { color: 'var(--stage-ended)', hatched: true };
  const growing = looks.filter((one) => one === 'growing').length;
  const place = looks.slice(0, index).filter((one) => one === 'growing').length;
  const shade = growing <= 1 ? 2 : Math.round((place * 3) / (growing - 1)) + 1;
  return { color: `var(--stage-${shade})`, hatched: false };
}
