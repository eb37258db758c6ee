import { expect, test } from 'vitest';
import { compareDates, parseDateText } from './date-text.ts';
import { compileZone } from './zone.ts';

const BERLIN = compileZone('Europe/Berlin')!;

function read(text: string) {
  const date = parseDateText(text, BERLIN);
  return date?.kind === 'instant' ? new Date(date.at).toISOString() : date === null ? null : date.day;
}

test.each([
  ['2026-03-12', 20_524],
  ['1950-01-01', -7_305],
  ['2026-03-12T10:30:00Z', '2026-03-12T10:30:00.000Z'],
  ['2026-03-12T10:30:00.123456Z', '2026-03-12T10:30:00.123Z'],
  ['2026-03-12T10:30+05:45', '2026-03-12T04:45:00.000Z'],
  ['2026-03-12T10:30-0330', '2026-03-12T14:00:00.000Z'],
  ['2026-03-12 10:30', '2026-03-12T09:30:00.000Z'],
])('%s is read as %s', (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  '',
  '12.03.2026',
  '2026-02-30',
  '2026-13-01',
  '2026-3-1',
  '2026-03-12T25:00',
  '2026-03-12T10',
  '+275760-09-13',
  'now',
  '1234567890',
])('"%s" is no date', (text) => {
  expect(read(text)).toBeNull();
});

test('an instant is compared with a day as the local day it falls on', () => {
  const day = parseDateText('2026-03-12', BERLIN)!;
  const late = parseDateText('2026-03-11T23:30:00Z', BERLIN)!;
  expect(compareDates(late, day, BERLIN)).toBe(0);
  expect(compareDates(day, late, BERLIN)).toBeLessThan(0);
});
