import { expect, test } from 'vitest';
import { makeFormats } from './format.ts';
import { summaryFinding } from './message-finding.ts';

const formats = makeFormats('UTC', 'GBP', 'en-GB');
const sent = { state: 'sent', via: 'smtp', reason: null, text: null, messages: 1200 };
const summary = { days: null, messages: 1204, sent: 1200, waiting: 4, not_sent: 0, failed: 0, uncertain: 0 };

test('the finding says how many went, and the first reason why others did not', () => {
  expect(summaryFinding({ ...summary, parts: [sent] }, formats)).toBe(
    '1,200 of 1,204 messages were sent; 4 wait.',
  );
  const dropped = { state: 'dropped', via: null, reason: 'x', text: 'Not sent: they said no.', messages: 5 };
  expect(
    summaryFinding({ ...summary, days: 7, messages: 1209, not_sent: 5, parts: [sent, dropped] }, formats),
  ).toBe(
    '1,200 of 1,209 messages were sent in the last 7 days; 5 were not, most often because they said no.',
  );
});
