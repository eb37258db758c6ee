import { expect, test } from 'vitest';
import { policySentences } from './policy-words.ts';

test('each rule is a sentence with its own numbers; a channel without quiet hours has none', () => {
  const said = policySentences({
    marketing_per_day: 1,
    marketing_per_week: 3,
    per_week_by_channel: { sms: 2 },
    quiet_hours: { sms: [20, 9], push: [0, 0] },
    shelf_life: 'PT72H',
    complaint_wait: 'P14D',
  });
  expect(said).toContain('At most 1 marketing message a day and 3 in 7 days, over all channels.');
  expect(said).toContain('At most 2 by SMS in 7 days.');
  expect(said).toContain('No SMS between 20:00 and 09:00, where the person lives.');
  expect(said.join(' ')).not.toContain('Push');
  expect(said).toContain(
    'Promotions wait while a complaint is open, at most 14 days; then they are not sent.',
  );
});
