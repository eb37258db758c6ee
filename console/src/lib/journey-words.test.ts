import { expect, test } from 'vitest';
import { makeFormats } from './format.ts';
import { journeyFinding, nodeFigures } from './journey-words.ts';

const formats = makeFormats('UTC', 'GBP', 'en-GB');
const none = {
  entered: 0,
  here: 0,
  went_on: 0,
  left: 0,
  control: 0,
  here_control: 0,
  sent: 0,
  waiting: 0,
  dropped: 0,
  failed: 0,
  uncertain: 0,
  withheld: 0,
  reasons: [],
  ends: [],
};

test('rates are said from 30 people on both sides, counts before', () => {
  const say = (entered: number, control: number) =>
    journeyFinding({ entered, control, goals: 12, goals_control: 3 }, { days: null, formats });
  expect(say(59, 30)).toBe('59 entered; 12 reached the goal.');
  expect(say(60, 30)).toBe(
    '60 entered; 12 reached the goal: 30% with the messages, 10% in the control group.',
  );
  expect(journeyFinding({ entered: 0, control: 0, goals: 0, goals_control: 0 }, { days: 7, formats })).toBe(
    'Nobody entered in the last 7 days.',
  );
});

test('a message says what was sent and what was not, a wait who is here', () => {
  const numbers = { ...none, entered: 40, sent: 30, dropped: 4, withheld: 6, control: 6 };
  expect(nodeFigures({ kind: 'email' }, numbers, formats)).toEqual({
    people: ['40 came'],
    messages: ['30 sent', '4 not sent', '6 withheld'],
    control: '6 control group',
  });
  expect(nodeFigures({ kind: 'wait' }, { ...none, entered: 2, here: 0 }, formats).people).toEqual([
    '2 came',
    '0 here now',
  ]);
});
