// The units in which amounts are kept: a cell of memory is one hour, one local day, one month, or all time.
import { monthOf, monthStart } from '../lib/calendar.ts';
import type { Instant } from '../lib/instant.ts';
import type { Zone } from '../lib/zone.ts';
import { dayStart, hourIndex, hourStart, localDay } from '../lib/zone.ts';

export type Unit = 'hour' | 'day' | 'month' | 'all';

/** Amounts are kept by the hour for three days, by the month for the previous year and this one. */
export const HOURS_MAX = 72;
export const MONTHS_MAX = 24;

/** In the order in which they are stored. */
export const UNITS = ['hour', 'day', 'month', 'all'] as const satisfies readonly Unit[];

/** The cell of each unit that an instant falls into. All time is one cell, number 0. */
export type CellIndexes = { readonly [unit in Unit]: number };

export function cellIndexes(zone: Zone, at: Instant): CellIndexes {
  const day = localDay(zone, at);
  return { hour: hourIndex(zone, at), day, month: monthOf(day), all: 0 };
}

export function cellIndex(unit: Unit, zone: Zone, at: Instant): number {
  switch (unit) {
    case 'hour':
      return hourIndex(zone, at);
    case 'day':
      return localDay(zone, at);
    case 'month':
      return monthOf(localDay(zone, at));
    case 'all':
      return 0;
  }
}

/** The first instant of a cell. */
export function cellStart(unit: Exclude<Unit, 'all'>, zone: Zone, index: number): Instant {
  switch (unit) {
    case 'hour':
      return hourStart(zone, index);
    case 'day':
      return dayStart(zone, index);
    case 'month':
      return dayStart(zone, monthStart(index));
  }
}
