// What holds of what somebody said: as the engine has it (policy/consent.ts), the newest of the words that cover a channel and a topic.
import type { PersonConsent } from '../api/people.ts';

export function consentInForce(
  said: readonly PersonConsent[],
  channel: string,
  topic: string,
): PersonConsent | undefined {
  return said
    .filter(
      (one) => (one.channel === channel || one.channel === '*') && (one.topic === topic || one.topic === '*'),
    )
    .toSorted(
      (a, b) =>
        Date.parse(b.at) - Date.parse(a.at) ||
        Number(b.status === 'withdrawn') - Number(a.status === 'withdrawn'),
    )[0];
}
