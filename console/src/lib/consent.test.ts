import { expect, test } from 'vitest';
import { consentInForce } from './consent.ts';

const said = (channel: string, topic: string, status: 'given' | 'withdrawn', day: number) => ({
  channel,
  topic,
  status,
  basis: 'by_hand',
  source: 'Ana',
  at: new Date(Date.UTC(2026, 4, day)).toISOString(),
});

test('a later no to everything stands over an earlier yes to one topic, and a later yes over that', () => {
  const yes = said('email', 'offers', 'given', 1);
  const no = said('*', '*', 'withdrawn', 2);
  const again = said('email', '*', 'given', 3);
  expect(consentInForce([yes, no], 'email', 'offers')).toBe(no);
  expect(consentInForce([yes, no, again], 'email', 'offers')).toBe(again);
  expect(consentInForce([yes, no, again], 'sms', 'offers')).toBe(no);
});

test('of two at one moment the no stands, and where nothing was said nothing holds', () => {
  const no = said('email', '*', 'withdrawn', 1);
  expect(consentInForce([said('email', 'offers', 'given', 1), no], 'email', 'offers')).toBe(no);
  expect(consentInForce([no], 'sms', 'offers')).toBeUndefined();
});
