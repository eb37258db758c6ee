// Instants and durations as the engine counts them: whole milliseconds, UTC, since 1970. Never reads a clock.

/** An instant: whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** An elapsed time in whole milliseconds; a day is 24 h whatever clocks do. */
export type DurationMs = number;
/** A local calendar day of the workspace's zone, as whole days since 1970-01-01. */
export type LocalDay = number;
/** An ISO 8601 duration of weeks, days, hours, minutes, seconds: `P60D`, `PT90M`, `P2W`. No months or years: those are calendar periods. */
export type IsoDuration = string;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** "Never by time alone". Infinity is not JSON: stored appointments use null. */
export const NEVER: Instant = Number.POSITIVE_INFINITY;
