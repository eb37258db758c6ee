// The sending rules as sentences. Pure.
import type { Settings } from '../api/settings.ts';
import { durationWords } from './format.ts';
import { channelWords } from './words.ts';

type Policy = Settings['policy'];

export function policySentences(policy: Policy): string[] {
  const channels = Object.entries(policy.per_week_by_channel).map(
    ([channel, n]) => `At most ${n} by ${channelWords(channel)} in 7 days.`,
  );
  const quiet = Object.entries(policy.quiet_hours)
    .filter(([, [from, to]]) => from !== to)
    .map(
      ([channel, [from, to]]) =>
        `No ${channelWords(channel)} between ${clock(from)} and ${clock(to)}, where the person lives.`,
    );
  return [
    'Nobody gets marketing about a topic they did not agree to, and nothing goes to a suppressed address.',
    `At most ${policy.marketing_per_day} marketing ${policy.marketing_per_day === 1 ? 'message' : 'messages'} a day and ${policy.marketing_per_week} in 7 days, over all channels.`,
    ...channels,
    ...quiet,
    `Promotions wait while a complaint is open, at most ${durationWords(policy.complaint_wait)}; then they are not sent.`,
    `A message that cannot go for ${durationWords(policy.shelf_life)} is too late to be useful and is not sent, unless its journey says otherwise.`,
  ];
}

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
