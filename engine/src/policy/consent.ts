// Whether a person consents to a topic on a channel. The latest word wins; at the same instant the stricter one.
import type { ConsentChange } from '../input.ts';
import type { EventFact } from '../input.ts';
import type { Consent, ConsentStatus, Standing } from '../person.ts';

/** The consent in force for `channel` and `topic`: the newest of the four words that cover them; null when nothing was ever said. */
export function consentFor(standing: Standing, channel: string, topic: string): Consent | null {
  let found: Consent | null = null;
  for (const key of [`${channel}/${topic}`, `${channel}/*`, `*/${topic}`, '*/*']) {
    const consent = standing.consents[key];
    if (consent === undefined) continue;
    if (
      found === null ||
      consent.at > found.at ||
      (consent.at === found.at && consent.status === 'withdrawn')
    )
      found = consent;
  }
  return found;
}

/** `Consent Given` and `Consent Withdrawn` as changes. A browser may withdraw, never give. */
export function consentChanges(event: EventFact): readonly ConsentChange[] {
  const status: ConsentStatus | null =
    event.name === 'Consent Given' ? 'given' : event.name === 'Consent Withdrawn' ? 'withdrawn' : null;
  if (status === null || event.type !== 'track') return [];
  if (status === 'given' && event.trust === 'browser') return [];
  const text = (key: string, otherwise: string): string => {
    const value = event.properties[key];
    return typeof value === 'string' && value !== '' ? value : otherwise;
  };
  const channels = list(event.properties['channel'] ?? event.properties['channels']);
  const topics = list(event.properties['topic'] ?? event.properties['topics']);
  return channels.flatMap((channel) =>
    topics.map((topic) => ({
      channel,
      topic,
      status,
      basis: text('basis', status === 'given' ? 'opted_in' : 'withdrawn'),
      source: text('source', 'event'),
    })),
  );
}

function list(value: unknown): readonly string[] {
  const items = Array.isArray(value) ? value : [value];
  const texts = items.filter(
    (item): item is string => typeof item === 'string' && item !== '' && item.length <= 64,
  );
  return texts.length === 0 ? ['*'] : [...new Set(texts)].slice(0, 32);
}
