// When people come to the shop: the year (Christmas, a summer slump), the week, the hours of the day. A person's rhythm is
// kept in "shop time", which passes faster on busy days; this turns it into instants of the business's time zone.
import { compileZone, DAY_MS, dayStart, HOUR_MS, localDay, MINUTE_MS, SECOND_MS } from '@rapport/engine';
import type { Instant, LocalDay } from '@rapport/engine';
import type { Random } from './random.ts';

export interface Season {
  readonly from: Instant;
  readonly until: Instant;
  /** Days of shop time between `from` and `until`: about as many as there are days. */
  readonly length: number;
  /** The instant at which so much shop time has passed; null when it has not by `until`. Hour and minute are drawn. */
  readonly instantAt: (shopTime: number, random: Random) => Instant | null;
  /** Shop time that has passed by this instant. */
  readonly shopTimeAt: (at: Instant) => number;
}

/** January to December: gifts before Christmas, thrift after it, few hot drinks in summer. */
const MONTHS = [0.86, 0.92, 0.98, 0.96, 0.92, 0.8, 0.7, 0.74, 0.96, 1.08, 1.34, 1.78];
/** Monday to Sunday. */
const WEEK = [1.06, 0.98, 0.96, 1.0, 0.88, 0.94, 1.18];
/** The twelve last days before Christmas cannot be delivered in time. */
const AFTER_CHRISTMAS_ORDERS = 0.55;
/** By hour: coffee in the morning, lunch, and most of all the evening. */
const HOURS = [
  0.5, 0.2, 0.1, 0.1, 0.1, 0.4, 1.2, 2.4, 3.2, 3.6, 3.8, 4.2, 5.0, 4.6, 3.8, 3.6, 3.8, 4.4, 5.4, 6.6, 7.2,
  6.4, 3.8, 1.6,
] as const;
const HOUR_WEIGHTS = HOURS.map((weight, hour) => [hour, weight] as const);

export function seasonOf(options: {
  readonly from: Instant;
  readonly until: Instant;
  readonly timeZone: string;
}): Season {
  const { from, until } = options;
  const zone = compileZone(options.timeZone);
  if (zone === null) throw new Error(`unknown time zone ${options.timeZone}`);
  const first = localDay(zone, from);
  const last = localDay(zone, until);
  // passed[i]: shop time at the start of day first + i.
  const passed = [0];
  for (let day = first; day <= last; day += 1) passed.push((passed.at(-1) ?? 0) + weightOf(day));
  const length = passed.at(-1) ?? 0;

  function dayAt(shopTime: number): LocalDay {
    let [low, high] = [0, passed.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((passed[middle] ?? 0) <= shopTime) low = middle;
      else high = middle - 1;
    }
    return first + low;
  }

  return {
    from,
    until,
    length,
    instantAt(shopTime, random) {
      if (shopTime < 0 || shopTime >= length) return null;
      const at =
        dayStart(zone, dayAt(shopTime)) +
        random.weighted(HOUR_WEIGHTS) * HOUR_MS +
        random.between(0, 59) * MINUTE_MS +
        random.between(0, 59) * SECOND_MS +
        random.between(0, 999);
      return at < from || at >= until ? null : at;
    },
    shopTimeAt(at) {
      const day = Math.min(Math.max(localDay(zone, at), first), last);
      const start = dayStart(zone, day);
      const share = Math.min(Math.max((at - start) / DAY_MS, 0), 1);
      return (passed[day - first] ?? 0) + share * weightOf(day);
    },
  };
}

function weightOf(day: LocalDay): number {
  const date = new Date(day * DAY_MS);
  const month = MONTHS[date.getUTCMonth()] ?? 1;
  const week = WEEK[(date.getUTCDay() + 6) % 7] ?? 1;
  const late = date.getUTCMonth() === 11 && date.getUTCDate() > 21 ? AFTER_CHRISTMAS_ORDERS : 1;
  return month * week * late;
}
