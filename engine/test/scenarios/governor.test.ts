// The governor's questions in their order: what wins when several would hold or drop.
import { describe, expect, test } from 'vitest';
import { compileZone, DAY_MS, DEFAULT_POLICY, emptyStanding, HOUR_MS } from '../../src/index.ts';
import type { Consent, OpenMessage, Verdict } from '../../src/index.ts';
import { askEach, govern } from '../../src/policy/governor.ts';
import type { Question } from '../../src/policy/governor.ts';
import { baseDefinition } from '../support/worlds.ts';

const NOON = Date.parse('2026-05-04T12:00:00Z');
const given: Consent = { status: 'given', basis: 'opted_in', source: 'test', at: 0 };
const withdrawn: Consent = { ...given, status: 'withdrawn', at: 1 };

const message: OpenMessage = {
  id: 'm1',
  run: 'r1',
  journey: 'j',
  version: 1,
  node: 'n',
  channel: 'email',
  topic: 'offers',
  marketing: true,
  promised: false,
  run_started_at: 0,
  cancelled: null,
  at: NOON,
  expires_at: NOON + 72 * HOUR_MS,
  handing: false,
};

function ask(
  parts: Partial<Question> = {},
  about: Partial<OpenMessage> = {},
  consents: Record<string, Consent> = { 'email/offers': given },
): Verdict {
  const zone = compileZone('UTC');
  if (zone === null) throw new Error('no UTC');
  const question: Question = {
    message: { ...message, ...about },
    standing: { ...emptyStanding(), consents },
    definition: baseDefinition({ time_zone: 'UTC', policy: DEFAULT_POLICY }),
    zone,
    recipientZone: zone,
    hasAddress: true,
    suppressed: false,
    notBefore: null,
    ended: null,
    openComplaint: false,
    at: NOON,
    ...parts,
  };
  const verdict = govern(question);
  // The column that is shown says the same: its first answer against is the verdict.
  expect(askEach(question).find((one) => one.against !== null)?.against ?? { verdict: 'send' }).toEqual(
    verdict,
  );
  return verdict;
}

const sends = (...list: readonly (readonly [number, string])[]): Partial<Question> => ({
  standing: {
    ...emptyStanding(),
    consents: { 'email/offers': given },
    sends: list.map(([at, channel], i) => [at, channel, `x${i}`]),
  },
});

describe('the governor', () => {
  test('sends what nothing speaks against', () => {
    expect(ask()).toEqual({ verdict: 'send' });
  });

  test.each<[string, Partial<Question>, Partial<OpenMessage>, Record<string, Consent> | undefined, Verdict]>([
    [
      '"already bought" comes before everything',
      { ended: 'goal_reached', hasAddress: false, suppressed: true },
      {},
      {},
      { verdict: 'drop', reason: 'goal_reached' },
    ],
    [
      'what was promised does not stop at a goal',
      { ended: 'goal_reached' },
      { promised: true },
      undefined,
      { verdict: 'send' },
    ],
    [
      'asked for before a restored backup was confirmed',
      { notBefore: NOON + 1 },
      { promised: true },
      undefined,
      { verdict: 'drop', reason: 'restored' },
    ],
    ['no address', { hasAddress: false }, {}, undefined, { verdict: 'drop', reason: 'no_address' }],
    ['no consent was ever given', {}, {}, {}, { verdict: 'drop', reason: 'no_consent' }],
    [
      'a withdrawal for all topics beats an older yes',
      {},
      {},
      { 'email/offers': given, '*/*': withdrawn },
      { verdict: 'drop', reason: 'no_consent' },
    ],
    [
      'a newer yes beats an older withdrawal',
      {},
      {},
      { 'email/offers': { ...given, at: 2 }, '*/*': withdrawn },
      { verdict: 'send' },
    ],
    ['a service message needs no consent', {}, { marketing: false }, {}, { verdict: 'send' }],
    [
      'but is never sent to a suppressed address',
      { suppressed: true },
      { marketing: false },
      {},
      { verdict: 'drop', reason: 'suppressed' },
    ],
    [
      'consent is asked before suppression',
      { suppressed: true },
      {},
      {},
      { verdict: 'drop', reason: 'no_consent' },
    ],
    [
      'past its shelf life',
      { at: NOON + 72 * HOUR_MS },
      {},
      undefined,
      { verdict: 'drop', reason: 'too_late' },
    ],
    [
      'a millisecond before its shelf life ends',
      { at: NOON + 72 * HOUR_MS - 1 },
      {},
      undefined,
      { verdict: 'send' },
    ],
    [
      'an open complaint makes a promotion wait',
      { openComplaint: true },
      {},
      undefined,
      { verdict: 'hold', reason: 'open_complaint', until: NOON + 6 * HOUR_MS },
    ],
    [
      'for fourteen days',
      { openComplaint: true, at: NOON + 14 * DAY_MS },
      {},
      undefined,
      { verdict: 'drop', reason: 'open_complaint' },
    ],
    [
      'but not a service message',
      { openComplaint: true },
      { marketing: false },
      undefined,
      { verdict: 'send' },
    ],
  ])('%s', (_name, parts, about, consents, verdict) => {
    expect(ask(parts, about, consents)).toEqual(verdict);
  });

  test('one marketing message a local day: the next waits for the next day', () => {
    expect(ask(sends([NOON - HOUR_MS, 'email']))).toEqual({
      verdict: 'hold',
      reason: 'cap_day',
      until: Date.parse('2026-05-05T00:00:00Z'),
    });
    expect(ask(sends([NOON - 13 * HOUR_MS, 'email']))).toEqual({ verdict: 'send' });
  });

  test('three in seven days over all channels: the next waits until the oldest falls out', () => {
    const oldest = NOON - 6 * DAY_MS;
    const full = sends([oldest, 'sms'], [NOON - 4 * DAY_MS, 'email'], [NOON - 2 * DAY_MS, 'push']);
    expect(ask(full)).toEqual({ verdict: 'hold', reason: 'cap_week', until: oldest + 7 * DAY_MS });
    expect(ask({ ...full, at: oldest + 7 * DAY_MS }, { expires_at: NOON + 9 * DAY_MS })).toEqual({
      verdict: 'send',
    });
  });

  test('a text message waits through the night of its reader, not of the shop', () => {
    const at = Date.parse('2026-05-04T19:30:00Z');
    const sms = { channel: 'sms', expires_at: at + DAY_MS, at };
    const consents = { 'sms/offers': given };
    expect(ask({ at }, sms, consents)).toEqual({ verdict: 'send' });
    expect(ask({ at, recipientZone: compileZone('Europe/Berlin')! }, sms, consents)).toEqual({
      verdict: 'hold',
      reason: 'quiet_hours',
      until: Date.parse('2026-05-05T07:00:00Z'),
    });
  });
});
