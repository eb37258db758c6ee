// The net promoter score: of the newest relationship answer of each person in 90 days, promoters (9, 10) less detractors
// (0 to 6), in points of a hundred. Answers about one order stand apart.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureAnswer, FigureFacts } from './facts.ts';

const WINDOW = 90;
/** Fewer answers than this give an interval and no headline. */
export const ANSWERS_MIN = 30;

export interface Promoters {
  /** −100 to 100; null under thirty answers. */
  readonly score: number | null;
  /** 95 %: score ± 196·√((p+d−(p−d)²)/n). Null without answers. */
  readonly low: number | null;
  readonly high: number | null;
  readonly answers: number;
  readonly promoters: number;
  readonly detractors: number;
}

export interface PromoterFigures {
  readonly relationship: {
    readonly now: Promoters;
    readonly before: Promoters;
    readonly last_year: Promoters;
  };
  readonly post_purchase: Promoters;
}

interface Tally {
  answers: number;
  promoters: number;
  detractors: number;
}

export class PromoterFigure {
  readonly #today: LocalDay;
  readonly #now = empty();
  readonly #before = empty();
  readonly #lastYear = empty();
  readonly #postPurchase = empty();

  constructor(today: LocalDay) {
    this.#today = today;
  }

  add({ answers }: FigureFacts): void {
    if (answers.length === 0) return;
    const relationship = answers.filter((answer) => !answer.postPurchase);
    count(this.#now, newestIn(relationship, this.#today));
    count(this.#before, newestIn(relationship, this.#today - WINDOW));
    count(this.#lastYear, newestIn(relationship, this.#today - 365));
    const postPurchase = answers.filter((answer) => answer.postPurchase);
    count(this.#postPurchase, newestIn(postPurchase, this.#today));
  }

  result(): PromoterFigures {
    return {
      relationship: {
        now: promoters(this.#now),
        before: promoters(this.#before),
        last_year: promoters(this.#lastYear),
      },
      post_purchase: promoters(this.#postPurchase),
    };
  }
}

function empty(): Tally {
  return { answers: 0, promoters: 0, detractors: 0 };
}

function newestIn(answers: readonly FigureAnswer[], to: LocalDay): FigureAnswer | null {
  let newest: FigureAnswer | null = null;
  for (const answer of answers) {
    if (answer.day > to || answer.day <= to - WINDOW) continue;
    if (newest === null || answer.at >= newest.at) newest = answer;
  }
  return newest;
}

function count(tally: Tally, answer: FigureAnswer | null): void {
  if (answer === null) return;
  tally.answers += 1;
  const group = groupOf(answer);
  if (group !== 'passives') tally[group] += 1;
}

export function groupOf({ score }: FigureAnswer): 'promoters' | 'passives' | 'detractors' {
  return score >= 9 ? 'promoters' : score <= 6 ? 'detractors' : 'passives';
}

/** What the score of today is made of. */
export function newestRelationship(answers: readonly FigureAnswer[], to: LocalDay): FigureAnswer | null {
  return newestIn(
    answers.filter((answer) => !answer.postPurchase),
    to,
  );
}

function promoters(tally: Tally): Promoters {
  const n = tally.answers;
  if (n === 0) return { score: null, low: null, high: null, ...tally };
  const p = tally.promoters / n;
  const d = tally.detractors / n;
  const score = 100 * (p - d);
  const margin = 196 * Math.sqrt((p + d - (p - d) ** 2) / n);
  return {
    score: n < ANSWERS_MIN ? null : score,
    low: Math.max(-100, score - margin),
    high: Math.min(100, score + margin),
    ...tally,
  };
}
