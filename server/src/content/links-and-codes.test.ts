import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { offerCode, readOfferCode } from './code.ts';
import { linkKey, readLink, signLink } from './unsubscribe-token.ts';
import type { LinkClaim } from './unsubscribe-token.ts';

const key = linkKey('a secret of this installation');
const claim: LinkClaim = {
  workspaceId: '01900000-0000-7000-8000-000000000001',
  personId: '01900000-0000-7000-8000-000000000002',
  messageId: '01900000-0000-8000-8000-000000000003',
  topic: 'offers',
  channel: 'email',
  purpose: 'unsubscribe',
};

describe('links in messages', () => {
  test('a token we signed is read back', () => {
    expect(readLink(key, signLink(key, claim), 'unsubscribe')).toEqual(claim);
  });

  test('a token is for one purpose only', () => {
    expect(readLink(key, signLink(key, claim), 'preferences')).toBeUndefined();
  });

  test('a token signed with another secret is nothing', () => {
    expect(readLink(linkKey('another'), signLink(key, claim), 'unsubscribe')).toBeUndefined();
  });

  test('a token with any one character changed, added or missing is nothing', () => {
    const token = signLink(key, claim);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(readLink(key, token.slice(0, at) + other + token.slice(at + 1), 'unsubscribe')).toBeUndefined();
      expect(readLink(key, token.slice(0, at) + token.slice(at + 1), 'unsubscribe')).toBeUndefined();
      expect(readLink(key, `${token.slice(0, at)}=${token.slice(at)}`, 'unsubscribe')).toBeUndefined();
    }
  });

  test('whatever is sent as a token, the answer is no and never an exception', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 1_200 }),
        (token) => readLink(key, token, 'unsubscribe') === undefined,
      ),
      { numRuns: 300 },
    );
  });

  test('any ids and topics survive, also strange ones, in a link short enough', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ maxLength: 40, unit: 'grapheme' }), (personId, topic) => {
        const strange = { ...claim, topic: topic.replaceAll('\0', '').toWellFormed(), personId };
        const token = signLink(key, strange);
        expect(token).toMatch(/^[\w.-]+$/);
        expect(readLink(key, token, 'unsubscribe')).toEqual(strange);
      }),
      { numRuns: 200 },
    );
    expect(signLink(key, claim).length).toBeLessThan(125);
  });
});

describe('offer codes', () => {
  test('the same message always shows the same code, another one another', () => {
    expect(offerCode('m1')).toBe(offerCode('m1'));
    const codes = new Set(Array.from({ length: 5_000 }, (_, at) => offerCode(`m${at}`)));
    expect(codes.size).toBe(5_000);
    for (const code of codes) expect(code).toMatch(/^[2-9A-HJKMNP-TV-Y]{4}(-[2-9A-HJKMNP-TV-Y]{4}){2}$/);
  });

  test('a code is read however it is typed', () => {
    const code = offerCode('m1');
    expect(readOfferCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code);
  });

  test('every single wrong symbol and every swap of neighbours is noticed', () => {
    const code = offerCode('m1').replaceAll('-', '');
    for (let at = 0; at < code.length; at += 1) {
      for (const symbol of '23456789ABCDEFGHJKMNPQRSTVWXY') {
        if (symbol !== code[at])
          expect(readOfferCode(code.slice(0, at) + symbol + code.slice(at + 1))).toBeUndefined();
      }
      const swapped = code.slice(0, at) + (code[at + 1] ?? '') + (code[at] ?? '') + code.slice(at + 2);
      if (swapped !== code) expect(readOfferCode(swapped)).toBeUndefined();
    }
    for (const nonsense of ['', 'O0I1', '-'.repeat(61), '🎉'.repeat(12)])
      expect(readOfferCode(nonsense)).toBeUndefined();
  });
});
