// A share of people, honest about small numbers: nothing over nobody, counts but no rate under thirty.

/** Fewer than this, and only counts are shown. */
export const RATE_PEOPLE_MIN = 30;

export interface Rate {
  /** 0 to 1; null where it cannot be said. */
  readonly value: number | null;
  readonly numerator: number;
  readonly denominator: number;
  /** Why there is no value. */
  readonly why: 'nobody' | 'few' | null;
}

export function rate(numerator: number, denominator: number): Rate {
  const why = denominator === 0 ? 'nobody' : denominator < RATE_PEOPLE_MIN ? 'few' : null;
  return { value: why === null ? numerator / denominator : null, numerator, denominator, why };
}
