import { expect, test } from 'vitest';
import type { Outage } from '../api/outages.ts';
import { makeFormats } from './format.ts';
import { dueSentence, isTelling, messagesSentence, momentsSentence, spanWords } from './outage-words.ts';

const formats = makeFormats('UTC', 'EUR', 'en-GB');
const none = { sent: 0, too_late: 0, not_sent: 0, waiting: 0, failed: 0 };
const outage = (more: Partial<Outage> = {}): Outage => ({
  id: '0',
  from: '2026-06-01T12:00:00.000Z',
  until: '2026-06-04T12:00:00.000Z',
  settled: true,
  moments: 0,
  people: 0,
  moved: 0,
  entered: 0,
  messages: none,
  ...more,
});

test('how long it was off reads as a person would say it', () => {
  const span = (until: string): string => spanWords(formats, outage({ until }));
  expect(span('2026-06-01T12:00:40.000Z')).toBe('40 seconds');
  expect(span('2026-06-01T12:01:00.000Z')).toBe('1 minute');
  expect(span('2026-06-01T15:00:00.000Z')).toBe('3 hours');
  expect(span('2026-06-04T12:00:00.000Z')).toBe('3 days');
});

test('what came due is told in whole sentences, one and many', () => {
  expect(momentsSentence(formats, outage({ moments: 312, people: 290 }))).toBe(
    '312 moments of 290 people came due meanwhile; each was noticed afterwards, as of its own time.',
  );
  expect(momentsSentence(formats, outage())).toBe('No moment came due meanwhile.');
  expect(momentsSentence(formats, outage({ settled: false }))).toBe(
    'What came due meanwhile is still being gone through.',
  );
  expect(messagesSentence(formats, outage())).toBeNull();
  expect(messagesSentence(formats, outage({ messages: { ...none, too_late: 1 } }))).toBe(
    '1 message was due: it was not sent, being too late to be useful.',
  );
  expect(messagesSentence(formats, outage({ messages: { ...none, waiting: 9 } }))).toBe(
    'All 9 messages that were due still wait.',
  );
  expect(messagesSentence(formats, outage({ messages: { ...none, sent: 2 } }))).toBe(
    'Both messages that were due were sent late.',
  );
  expect(
    messagesSentence(formats, outage({ messages: { ...none, sent: 12, too_late: 20, waiting: 9 } })),
  ).toBe(
    'Of 41 messages that were due, 12 were sent late, 20 were not sent, being too late to be useful and 9 still wait.',
  );
});

test('the banner says it in one line, also while it is gone through', () => {
  expect(dueSentence(formats, outage({ moments: 312, people: 290 }))).toBe('312 moments came due meanwhile.');
  expect(dueSentence(formats, outage({ settled: false, messages: { ...none, waiting: 1 } }))).toBe(
    '1 message came due meanwhile, and it is still being gone through.',
  );
  expect(dueSentence(formats, outage({ settled: false }))).toBe(
    'What came due meanwhile is being gone through.',
  );
  expect(dueSentence(formats, outage())).toBe('Nothing came due meanwhile.');
});

test('a short stop during which nothing came due is not worth a word', () => {
  const short = { until: '2026-06-01T12:05:00.000Z' };
  expect(isTelling(outage(short))).toBe(false);
  expect(isTelling(outage({ ...short, moments: 1, people: 1 }))).toBe(true);
  expect(isTelling(outage({ ...short, messages: { ...none, sent: 1 } }))).toBe(true);
  expect(isTelling(outage())).toBe(true);
});
