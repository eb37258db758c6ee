import { expect, test } from 'vitest';
import { messagesSentence, ordersSentence, quietSentence } from './week.ts';

const none = { people: 0, first: 0, worth: 0 };

test.each([
  [none, none, 'Nobody ordered in the last seven days, nor in the seven before.'],
  [none, { ...none, people: 1 }, 'Nobody ordered in the last seven days; 1 person did in the seven before.'],
  [
    { people: 1_312, first: 41, worth: 1_804_650 },
    { ...none, people: 1_288 },
    '1,312 people ordered in the last seven days for €18,047, 24 more than in the seven before; 41 for the first time.',
  ],
  [
    { people: 1, first: 0, worth: 0 },
    { ...none, people: 1 },
    '1 person ordered in the last seven days, as many as in the seven before; nobody for the first time.',
  ],
])('orders: %o after %o', (now, before, words) => {
  expect(ordersSentence({ now, before }, 'EUR')).toBe(words);
});

test.each([
  [0, 0, 'Nobody became unusually quiet, and nobody who was came back.'],
  [1, 0, '1 person became unusually quiet; nobody who was came back.'],
  [0, 3, 'Nobody became unusually quiet; 3 who had been are no longer.'],
  [38, 1, '38 people became unusually quiet; 1 who had been is no longer.'],
])('%i became quiet, %i came back', (joined, left, words) => {
  expect(quietSentence({ joined, left })).toBe(words);
});

test('messages: the commonest reason is told as mostly, the only one as because, an unknown one not at all', () => {
  const sent = { sent: 92, waiting: 2, not_sent: 84, isLive: false };
  const reason = (messages: number, code = 'no_consent') => ({
    state: 'not_sent' as const,
    reason: code,
    messages,
  });
  expect(messagesSentence(sent, [reason(60), reason(24, 'too_late')])).toBe(
    '92 messages were written to the built-in mailbox, 2 wait and 84 were not sent, mostly because they did not agree to this topic.',
  );
  expect(messagesSentence({ ...sent, sent: 0, waiting: 0, not_sent: 1, isLive: true }, [reason(1)])).toBe(
    'No message was sent and 1 was not sent, because they did not agree to this topic.',
  );
  expect(messagesSentence({ ...sent, waiting: 0 }, [reason(84, 'odd')])).toBe(
    '92 messages were written to the built-in mailbox and 84 were not sent.',
  );
  expect(messagesSentence({ sent: 0, waiting: 0, not_sent: 0, isLive: true }, [])).toBe(
    'No journey asked for a message.',
  );
});
