import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileZone, dayStart, hourIndex, hourStart, localDay, localHour, nextLocalHour } from './zone.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Scoresbysund',
];
const instant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2099, 0, 1) });

function zoneOf(name: string) {
  const zone = compileZone(name);
  if (zone === null) throw new Error(name);
  return zone;
}

function temporalDay(name: string, at: number): number {
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).toPlainDate();
  return Temporal.PlainDate.from('1970-01-01').until(date).days;
}

/** Random instants, and those around the changes of the clock. */
const moment = fc.constantFrom(...ZONES).chain((name) => {
  const edges = zoneOf(name).starts.slice(1);
  const near =
    edges.length === 0
      ? instant
      : fc
          .tuple(fc.constantFrom(...edges), fc.integer({ min: -90_000_000, max: 90_000_000 }))
          .map(([edge, ms]) => edge + ms);
  return fc.tuple(fc.constant(name), fc.oneof(instant, near));
});

test('a name that is no zone compiles to null', () => {
  expect(compileZone('Mars/Olympus')).toBeNull();
  expect(compileZone('')).toBeNull();
});

test('local days are those of Temporal', () => {
  fc.assert(
    fc.property(moment, ([name, at]) => {
      expect(localDay(zoneOf(name), at)).toBe(temporalDay(name, at));
    }),
    { numRuns: 1_000 },
  );
});

test('a local day begins at its first instant, also where midnight is skipped or lived twice', () => {
  fc.assert(
    fc.property(moment, ([name, at]) => {
      const day = localDay(zoneOf(name), at);
      const start = dayStart(zoneOf(name), day);
      const date = Temporal.PlainDate.from('1970-01-01').add({ days: day });
      expect(start).toBe(date.toZonedDateTime(name).epochMilliseconds);
      expect(localDay(zoneOf(name), start)).toBe(day);
      expect(localDay(zoneOf(name), start - 1)).toBeLessThan(day);
    }),
    { numRuns: 1_000 },
  );
});

test('days never run backwards where the clock is put back across midnight', () => {
  // St. John's changed at 00:01, so that 23:01 to 24:00 of the day before came twice.
  const zone = zoneOf('America/St_Johns');
  const back = Date.UTC(2006, 9, 29, 2, 31);
  const days = Array.from({ length: 180 }, (_, i) => localDay(zone, back - 3_600_000 + i * 60_000));
  expect(days).toEqual(days.toSorted((a, b) => a - b));
  expect(dayStart(zone, days.at(-1)!)).toBe(back - 60_000);
});

test('Samoa had no 30 December 2011: that day begins and ends at the jump', () => {
  const zone = zoneOf('Pacific/Apia');
  const day = Date.UTC(2011, 11, 30) / 86_400_000;
  expect(dayStart(zone, day)).toBe(dayStart(zone, day + 1));
});

test('the local hour is that of Temporal', () => {
  fc.assert(
    fc.property(moment, ([name, at]) => {
      expect(localHour(zoneOf(name), at)).toBe(
        Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name).hour,
      );
    }),
    { numRuns: 500 },
  );
});

test('the next local hour is later, at most a day and a bit away, and shows that hour unless it was skipped', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 23 }), ([name, at], hour) => {
      const zone = zoneOf(name);
      const next = nextLocalHour(zone, at, hour);
      expect(next).toBeGreaterThan(at);
      expect(next - at).toBeLessThanOrEqual(50 * 3_600_000);
      const isSkipped = zone.starts.includes(next);
      if (!isSkipped) expect(localHour(zone, next)).toBe(hour);
    }),
    { numRuns: 500 },
  );
});

test('quiet hours end at nine in the morning, on the day the clocks change too', () => {
  const zone = zoneOf('Europe/Berlin');
  const at = Date.UTC(2026, 2, 28, 21);
  expect(new Date(nextLocalHour(zone, at, 9)).toISOString()).toBe('2026-03-29T07:00:00.000Z');
  expect(new Date(nextLocalHour(zone, at, 2)).toISOString()).toBe('2026-03-29T01:00:00.000Z');
});

test('hours are counted one by one: each begins at its first instant, none runs backwards', () => {
  fc.assert(
    fc.property(moment, ([name, at]) => {
      const zone = zoneOf(name);
      const hour = hourIndex(zone, at);
      const start = hourStart(zone, hour);
      expect(start).toBeLessThanOrEqual(at);
      expect(hourIndex(zone, start)).toBe(hour);
      expect(hourIndex(zone, start - 1)).toBe(hour - 1);
      expect(hourStart(zone, hour + 1)).toBeGreaterThan(at);
    }),
    { numRuns: 2_000 },
  );
});

test('where clocks change by whole hours an hour is an hour of elapsed time and begins on the full local hour', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Asia/Kolkata'),
      fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
      (name, at) => {
        const zone = zoneOf(name);
        const start = hourStart(zone, hourIndex(zone, at));
        const local = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(name);
        expect([local.minute, local.second, local.millisecond]).toEqual([0, 0, 0]);
        expect(hourStart(zone, hourIndex(zone, at) + 1) - start).toBe(3_600_000);
      },
    ),
    { numRuns: 1_000 },
  );
});
