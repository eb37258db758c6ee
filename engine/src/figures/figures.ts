// The figures of Home over everyone's facts, person by person: retention, repeat purchases, promoters, worth; today's, the last
// week's, and what they were at the end of each thirty days of the last year.
import type { LocalDay } from '../lib/instant.ts';
import type { Expected } from './expected.ts';
import type { FigureFacts } from './facts.ts';
import type { PromoterFigures, Promoters } from './promoters.ts';
import { PromoterFigure } from './promoters.ts';
import type { Rate } from './rate.ts';
import type { Repeat } from './repeat.ts';
import { RepeatFigure } from './repeat.ts';
import type { Retention } from './retention.ts';
import { RetentionFigure } from './retention.ts';
import type { Worth } from './worth.ts';
import { WorthFigure } from './worth.ts';
import type { Week } from './week.ts';
import { WeekFigure } from './week.ts';

const TREND_DAYS = 30;
const TREND_POINTS = 12;

export interface FigureResults {
  /** The last day that counts. */
  readonly day: LocalDay;
  readonly retention: Retention | null;
  readonly repeat: Repeat;
  readonly promoters: PromoterFigures;
  readonly worth: Worth;
  readonly week: Week;
  /** Null or missing: no rhythm is learnt, or nothing of what orders bring. */
  readonly expected?: Expected | null;
  /** Oldest first, today last. */
  readonly trend: readonly FigurePoint[];
}

export interface FigurePoint {
  readonly day: LocalDay;
  /** Over today's period; null: the history did not reach that far back. */
  readonly retention: Rate | null;
  readonly repeat: Rate;
  readonly promoters: Promoters;
  /** Mean per customer so far. */
  readonly worth: number | null;
}

class Day {
  readonly day: LocalDay;
  readonly retention: RetentionFigure;
  readonly repeat: RepeatFigure;
  readonly promoters: PromoterFigure;
  readonly worth: WorthFigure;

  constructor(day: LocalDay, wants: { readonly median: boolean }) {
    this.day = day;
    this.retention = new RetentionFigure(day);
    this.repeat = new RepeatFigure(day);
    this.promoters = new PromoterFigure(day);
    this.worth = new WorthFigure(day, wants);
  }

  add(facts: FigureFacts): void {
    this.retention.add(facts);
    this.repeat.add(facts);
    this.promoters.add(facts);
    this.worth.add(facts);
  }
}

export class Figures {
  readonly #today: Day;
  readonly #earlier: readonly Day[];
  readonly #week: WeekFigure;

  /** `today` is the last day that counts, in the workspace's zone. */
  constructor(today: LocalDay) {
    this.#today = new Day(today, { median: true });
    this.#week = new WeekFigure(today);
    this.#earlier = Array.from(
      { length: TREND_POINTS },
      (_, i) => new Day(today - (TREND_POINTS - i) * TREND_DAYS, { median: false }),
    );
  }

  add(facts: FigureFacts): void {
    if (facts.orders.length === 0 && facts.answers.length === 0) return;
    this.#today.add(facts);
    this.#week.add(facts);
    for (const day of this.#earlier) day.add(facts);
  }

  result(): FigureResults {
    const { day, retention, repeat, promoters, worth } = this.#today;
    const now = retention.result();
    return {
      day,
      retention: now,
      repeat: repeat.result(),
      promoters: promoters.result(),
      worth: worth.result(),
      week: this.#week.result(),
      trend: [...this.#earlier, this.#today].map((each) => ({
        day: each.day,
        retention: now === null ? null : each.retention.over(now.days),
        repeat: each.repeat.result().now,
        promoters: each.promoters.result().relationship.now,
        worth: each.worth.result().mean,
      })),
    };
  }
}
