// Every figure the bench knows: its unit, its budget and which way is better. A figure without a budget is only shown.
// Budgets are those of the design; none is ever relaxed here to make a run look good.

export type Better = 'lower' | 'higher';

export interface FigureKind {
  readonly unit: string;
  readonly budget: number | null;
  readonly better: Better;
  readonly words: string;
}

export const figureKinds = {
  people_search_p95_ms: {
    unit: 'ms',
    budget: 50,
    better: 'lower',
    words: 'people found by word, beginning, address or mistyped name among 100,000',
  },
  cold_start_ms: { unit: 'ms', budget: 5000, better: 'lower', words: 'fresh data folder to the first page' },
  idle_memory_mb: { unit: 'MB', budget: 400, better: 'lower', words: 'server RSS and Postgres PSS at rest' },
  ingest_vs_bare_transaction_ratio: {
    unit: 'ratio',
    budget: 0.6,
    better: 'higher',
    words: 'events per second against the same rows by hand-written SQL',
  },
  ingest_vs_copy_ratio: {
    unit: 'ratio',
    budget: null,
    better: 'higher',
    words: 'events per second against a bare COPY of the events',
  },
  ingest_events_per_second: {
    unit: 'events/s',
    budget: null,
    better: 'higher',
    words: 'batches of 100 on 8 connections, random people',
  },
  bare_transaction_events_per_second: {
    unit: 'events/s',
    budget: null,
    better: 'higher',
    words: 'the hand-written SQL, best batch size found',
  },
  cpu_ms_per_event: {
    unit: 'ms',
    budget: 0.25,
    better: 'lower',
    words: 'processor time, server and Postgres together',
  },
  ingest_single_requests_per_second: {
    unit: 'requests/s',
    budget: null,
    better: 'higher',
    words: 'one event a request on 32 connections',
  },
  event_to_sink_p50_ms: {
    unit: 'ms',
    budget: 20,
    better: 'lower',
    words: 'event in to message in the SMTP sink, idle',
  },
  event_to_sink_p99_ms: { unit: 'ms', budget: 100, better: 'lower', words: 'the same, 99th percentile' },
  event_to_sink_p99_ms_under_burst: {
    unit: 'ms',
    budget: 1000,
    better: 'lower',
    words: 'the same while 6,000 events burst in',
  },
  send_vs_bare_ratio: {
    unit: 'ratio',
    budget: 0.8,
    better: 'higher',
    words: 'messages per second against bare pooled nodemailer',
  },
  idle_cpu_percent_1m_waiting: {
    unit: '% of a core',
    budget: 1,
    better: 'lower',
    words: 'server and Postgres while 1,000,000 people wait',
  },
  wake_lag_p99_ms: {
    unit: 'ms',
    budget: 1000,
    better: 'lower',
    words: 'due instant to decision seen by another connection',
  },
  wave_100k_ingest_p99_ms: {
    unit: 'ms',
    budget: 1000,
    better: 'lower',
    words: 'ingest while 100,000 people come due at once',
  },
  ingest_p99_ms_during_wave: {
    unit: 'ms',
    budget: 1000,
    better: 'lower',
    words: 'the same figure by its other name',
  },
  wave_100k_drain_seconds: {
    unit: 's',
    budget: null,
    better: 'lower',
    words: 'until all 100,000 have been noticed',
  },
  backtest_events_per_second: {
    unit: 'events/s',
    budget: 16_667,
    better: 'higher',
    words: 'a journey over 1,000,000 stored events of 50,000 people',
  },
  console_first_load_gzip_bytes: {
    unit: 'bytes',
    budget: 250_000,
    better: 'lower',
    words: 'what Home fetches the first time, beside its data',
  },
  console_page_ready_p95_ms: {
    unit: 'ms',
    budget: 1000,
    better: 'lower',
    words: 'any page until it can be used, 100,000 people',
  },
  tag_gzip_bytes: { unit: 'bytes', budget: 6144, better: 'lower', words: 'the browser tag, as it is served' },
  steps_per_second_pure: {
    unit: 'steps/s',
    budget: null,
    better: 'higher',
    words: 'the engine alone, random people, 20 active rules',
  },
  rules_1000_unrelated_overhead_ratio: {
    unit: 'ratio',
    budget: 1.05,
    better: 'lower',
    words: 'a step with 1,000 more rules that do not name the event',
  },
  state_bytes_p99: {
    unit: 'bytes',
    budget: null,
    better: 'lower',
    words: 'a person with a year of history, shipped definitions',
  },
  fit_seconds_100k_customers: {
    unit: 's',
    budget: 10,
    better: 'lower',
    words: 'processor time to learn, calibrate and judge a rhythm',
  },
  fit_memory_mb: { unit: 'MB', budget: null, better: 'lower', words: 'what that takes beside the orders' },
  predict_customers_per_second: {
    unit: 'customers/s',
    budget: 500_000,
    better: 'higher',
    words: 'still with us, an order in 90 days, lapse moment',
  },
  backfill_events_per_second: {
    unit: 'events/s',
    budget: null,
    better: 'higher',
    words: 'a new rule over all stored events, everyone moved',
  },
  backfill_vs_scan_ratio: {
    unit: 'ratio',
    budget: 0.5,
    better: 'higher',
    words: 'against reading the same events in sequence by SQL',
  },
  absence_vs_rescan_ratio: {
    unit: 'ratio',
    budget: null,
    better: 'lower',
    words: 'processor time of 100 absence rules for an hour, against SQL each minute',
  },
} as const satisfies Record<string, FigureKind>;

export type FigureName = keyof typeof figureKinds;

export const figureNames: readonly FigureName[] = Object.keys(figureKinds).filter(isFigureName);

export function isFigureName(name: string): name is FigureName {
  return Object.hasOwn(figureKinds, name);
}

/** What a measure brings home. */
export type Values = Partial<Record<FigureName, number>>;

export interface Figure {
  /** null: could not be measured. */
  readonly value: number | null;
  readonly unit: string;
  readonly budget: number | null;
  /** null: only shown. */
  readonly ok: boolean | null;
}

export function toFigure(name: FigureName, value: number | null): Figure {
  const kind: FigureKind = figureKinds[name];
  const rounded = value === null ? null : Number(value.toPrecision(4));
  if (kind.budget === null)
    return { value: rounded, unit: kind.unit, budget: null, ok: value === null ? false : null };
  const ok = value !== null && (kind.better === 'lower' ? value <= kind.budget : value >= kind.budget);
  return { value: rounded, unit: kind.unit, budget: kind.budget, ok };
}

export interface Bench {
  /** Smaller numbers: a look, not a measurement. */
  readonly quick: boolean;
  /** A line of context printed under the measure's name. */
  note(line: string): void;
}

export interface Measure {
  readonly title: string;
  readonly names: readonly FigureName[];
  /** Throws when the measurement itself fails; a missed budget is not a failure. */
  run(bench: Bench): Promise<Values>;
}
