// The figures of Home over everyone's facts, person by person: retention, repeat purchases, promoters, worth.
import type { LocalDay } from '../lib/instant.ts';
import type { FigureFacts } from './facts.ts';
import type { PromoterFigures } from './promoters.ts';
import { PromoterFigure } from './promoters.ts';
import type { Repeat } from './repeat.ts';
import { RepeatFigure } from './repeat.ts';
import type { Retention } from './retention.ts';
import { RetentionFigure } from './retention.ts';
import type { Worth } from './worth.ts';
import { WorthFigure } from './worth.ts';

export interface FigureResults {
  readonly retention: Retention | null;
  readonly repeat: Repeat;
  readonly promoters: PromoterFigures;
  readonly worth: Worth;
}

export class Figures {
  readonly #retention: RetentionFigure;
  readonly #repeat: RepeatFigure;
  readonly #promoters: PromoterFigure;
  readonly #worth: WorthFigure;

  /** `today` is the last day that counts, in the workspace's zone. */
  constructor(today: LocalDay) {
    this.#retention = new RetentionFigure(today);
    this.#repeat = new RepeatFigure(today);
    this.#promoters = new PromoterFigure(today);
    this.#worth = new WorthFigure(today);
  }

  add(facts: FigureFacts): void {
    this.#retention.add(facts);
    this.#repeat.add(facts);
    this.#promoters.add(facts);
    this.#worth.add(facts);
  }

  result(): FigureResults {
    return {
      retention: this.#retention.result(),
      repeat: this.#repeat.result(),
      promoters: this.#promoters.result(),
      worth: this.#worth.result(),
    };
  }
}
