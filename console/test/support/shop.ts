// A small shop: people with rhythms, orders, consents and names of all kinds, sent through the door that shops use.
import type { Rapport } from './rapport.ts';

const dayMs = 86_400_000;

export const names: readonly string[] = [
  'Sally Moon',
  'Omar Haddad',
  'Ana Beltrán',
  'فاطمة الزهراء بنت عبد الرحمن',
  'Jürgen Weiß',
  'Aiko 👩🏽‍🍳 Tanaka',
  'Wolfeschlegelsteinhausenbergerdorff'.repeat(8),
];

export async function serverKey(rapport: Rapport, cookie: string): Promise<string> {
  const made = await rapport.api(cookie, 'POST', '/api/keys', { kind: 'server', name: 'Shop' });
  if (typeof made === 'object' && made !== null && 'key' in made && typeof made.key === 'string')
    return made.key;
  throw new Error('The server gave no key.');
}

export async function send(rapport: Rapport, key: string, batch: readonly unknown[]): Promise<void> {
  const answer = await fetch(`${rapport.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
  });
  if (!answer.ok) throw new Error(`/v1/batch answered ${answer.status}: ${await answer.text()}`);
}

/** Twenty-one people: some new, some regular, some silent for long; every second one agreed to offers. */
export function shopEvents(now: number): readonly unknown[] {
  const at = (daysAgo: number) => new Date(now - daysAgo * dayMs).toISOString();
  return Array.from({ length: 21 }, (_, i) => {
    const userId = `u-${100 + i}`;
    const name = names[i % names.length] ?? 'Sally Moon';
    const gap = 10 + (i % 4) * 7;
    const orders = i % 6;
    const silence = (i % 5) * 30;
    const traits = { email: `person${i}@example.com`, name, first_name: name.split(' ')[0] };
    return [
      { type: 'identify', messageId: `i-${i}`, userId, timestamp: at(silence + gap * orders + 1), traits },
      ...(i % 2 === 0
        ? [
            {
              type: 'track',
              event: 'Consent Given',
              messageId: `c-${i}`,
              userId,
              timestamp: at(silence + gap * orders + 1),
              properties: { channel: 'email', topic: 'offers', basis: 'opted_in' },
            },
          ]
        : []),
      ...Array.from({ length: orders }, (_, k) => ({
        type: 'track',
        event: 'Order Completed',
        messageId: `o-${i}-${k}`,
        userId,
        timestamp: at(silence + gap * (orders - 1 - k)),
        properties: { order_id: `${i}-${k}`, total: 20 + i + k, currency: 'GBP' },
      })),
    ];
  }).flat();
}

/** Two events that no batch should take. */
export const badEvents: readonly unknown[] = [
  {
    type: 'track',
    event: 'Order Completed',
    messageId: 'bad-1',
    userId: 'u-1',
    timestamp: '+275760-09-13T00:00:00.000Z',
  },
  { type: 'track', messageId: 'bad-2', userId: 'u-1' },
];
