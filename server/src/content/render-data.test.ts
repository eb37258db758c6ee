// What a template is given of a person: here, in which zone its dates are said.
import { compile, DEFAULT_POLICY, newPerson } from '@rapport/engine';
import type { Json, Person } from '@rapport/engine';
import { expect, test } from 'vitest';
import { renderData } from './render-data.ts';

const ID = '01a205fe-35eb-7f48-82d9-40062ab0535d';
const program = compile({
  workspace: 'w',
  version: 1,
  changed_at: 0,
  time_zone: 'Europe/Berlin',
  currency: 'EUR',
  purchase: { event: 'Order Completed' },
  refund: { event: 'Order Refunded' },
  visit: { event: 'Page Viewed' },
  gap_days: null,
  visit_gap_days: null,
  segments: [],
  models: [],
  journeys: [],
  policy: DEFAULT_POLICY,
});

function zoneOf(said: { readonly [key: string]: Json } | null): unknown {
  const traits = Object.fromEntries(
    Object.entries(said ?? {}).map(([key, v]) => [key, { v, at: 0, p: 'observed' as const, s: 'm1' }]),
  );
  const fresh = newPerson(program, ID, 0);
  const person: Person = { ...fresh, memory: { ...fresh.memory, traits } };
  const { data } = renderData(
    {
      publicUrl: 'https://shop.example',
      linkKey: new Uint8Array(32),
      workspace: {
        id: ID,
        name: 'Shop',
        timeZone: 'Europe/Berlin',
        postalAddress: 'Street 1',
        brand: { colour: null, logo_url: null },
      },
    },
    {
      messageId: ID,
      personId: ID,
      channel: 'email',
      topic: 'offers',
      journey: null,
      offer: null,
      requestedAt: 0,
    },
    said === null ? null : person,
    null,
  );
  return data['zone'];
}

test.each([
  ['nobody in particular', null, 'Europe/Berlin'],
  ['somebody who said nothing', {}, 'Europe/Berlin'],
  ['somebody in Tokyo', { timezone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
  ['a zone that is none, and one that is', { timezone: 'CET-ish', time_zone: 'Asia/Tokyo' }, 'Asia/Tokyo'],
  ['a zone that is none', { timezone: 'Nowhere/Land' }, 'Europe/Berlin'],
])('dates for %s are said in the zone of their quiet hours', (_, said, zone) => {
  expect(zoneOf(said)).toBe(zone);
});
