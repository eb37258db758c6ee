// One journey for the measures of sending: an event comes in, a service letter goes out. The letter is what a shop sends.
import { callApi } from './rapport.ts';

export const pingEvent = 'Receipt Asked';

const template = {
  key: 'bench-receipt',
  name: 'Receipt',
  purpose: 'transactional',
  subject: 'Your receipt',
  body_mjml: `<mjml><mj-body><mj-section><mj-column>
<mj-text>Dear {{ person.traits.first_name | default: "customer" }},</mj-text>
<mj-text>thank you for your order. Here is your receipt; keep it for your records. If anything is not as it should be, answer
this letter and a person will read it.</mj-text>
<mj-button href="https://shop.example/orders">See your order</mj-button>
</mj-column></mj-section></mj-body></mjml>`,
};

const graph = {
  entry: 't',
  nodes: {
    t: { kind: 'trigger', on: { kind: 'event', event: pingEvent }, next: 'm' },
    m: { kind: 'email', template: template.key, topic: 'service', marketing: false, next: 'x' },
    x: { kind: 'exit' },
  },
  reentry: 'after_exit',
};

/** Live sending on, template and journey made and switched on. */
export async function openReceiptJourney(rapport: { readonly port: number }, key: string): Promise<void> {
  const call = (method: string, path: string, body: unknown): Promise<unknown> =>
    callApi(rapport, key, { method, path, body });
  await call('PUT', '/api/settings/sending', {
    mode: 'live',
    from: { name: 'Bench', address: 'shop@bench.example' },
    postal_address: '1 Loopback Street',
  });
  await call('POST', '/api/templates', template);
  await call('POST', '/api/topics', { key: 'service', name: 'Service' }).catch(ignoreTaken);
  await call('POST', '/api/journeys', { key: 'bench-receipt', name: 'Receipt', graph });
  await call('POST', '/api/journeys/bench-receipt/activate', { who: 'from_now' });
}

export function addressOf(userId: string): string {
  return `${userId}@bench.example`;
}

export function identify(userId: string): object {
  return {
    type: 'identify',
    userId,
    messageId: `identify-${userId}`,
    timestamp: new Date().toISOString(),
    traits: { email: addressOf(userId), first_name: 'Ana' },
  };
}

export function ping(userId: string, messageId: string): object {
  return {
    type: 'track',
    userId,
    event: pingEvent,
    messageId,
    timestamp: new Date().toISOString(),
    properties: { order_id: messageId },
  };
}

function ignoreTaken(error: unknown): undefined {
  if (error instanceof Error && error.message.includes(' 409')) return undefined;
  throw error;
}
