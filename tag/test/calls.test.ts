import { describe, expect, test } from 'vitest';
import { readAlias, readGroup, readIdentify, readPage, readTrack } from '../src/calls.ts';
import { readSettings } from '../src/settings.ts';
import { campaignOf } from '../src/surroundings.ts';

const here = { url: 'https://shop.example/tea', title: 'Tea' };

describe('calls are read as Segment’s client reads them', () => {
  test.each([
    ['nothing', [], { properties: here }],
    ['a name', ['Tea'], { name: 'Tea', properties: here }],
    ['category and name', ['Shop', 'Tea'], { category: 'Shop', name: 'Tea', properties: here }],
    ['no category', [null, 'Tea'], { name: 'Tea', properties: here }],
    ['a name and properties', ['Tea', { leaf: 1 }], { name: 'Tea', properties: { ...here, leaf: 1 } }],
    ['only properties', [{ url: 'https://other' }], { properties: { ...here, url: 'https://other' } }],
    ['a callback', ['Tea', () => 1], { name: 'Tea', properties: here }],
  ])('page with %s', (_, args, said) => {
    expect(readPage(args, here)).toEqual({ type: 'page', category: undefined, name: undefined, ...said });
  });

  test.each([
    ['an id', ['u1'], { userId: 'u1', traits: {} }],
    ['a number', [17, { plan: 'a' }], { userId: '17', traits: { plan: 'a' } }],
    ['only traits', [{ email: 'a@b.c' }], { userId: undefined, traits: { email: 'a@b.c' } }],
    ['null and traits', [null, { email: 'a@b.c' }], { userId: undefined, traits: { email: 'a@b.c' } }],
    ['an id and a callback', ['u1', () => 1], { userId: 'u1', traits: {} }],
  ])('identify with %s', (_, args, said) => {
    expect(readIdentify(args)).toEqual({ type: 'identify', ...said });
  });

  test('what is wrong goes on as it is, for the server to refuse with a reason', () => {
    expect(readTrack([undefined, 'not an object'])).toEqual({
      type: 'track',
      event: undefined,
      properties: 'not an object',
    });
  });

  test('group and alias', () => {
    expect(readGroup([7, { name: 'Acme' }])).toEqual({
      type: 'group',
      groupId: '7',
      traits: { name: 'Acme' },
    });
    expect(readAlias(['u2'], 'u1')).toEqual({ type: 'alias', userId: 'u2', previousId: 'u1' });
    expect(readAlias(['u2', 'u0'], 'u1')).toEqual({ type: 'alias', userId: 'u2', previousId: 'u0' });
  });
});

describe('the campaign', () => {
  test('is what the address says of it', () => {
    expect(campaignOf('?utm_source=news&utm_campaign=spring%20tea&utm_term=&utm_id=7&q=1')).toEqual({
      source: 'news',
      name: 'spring tea',
      id: '7',
    });
    expect(campaignOf('?q=1')).toBeUndefined();
    expect(campaignOf('?utm_source=%E0%A4%A')).toEqual({ source: expect.any(String) });
  });
});

describe('the script element', () => {
  const script = (src: string, attributes: { readonly [name: string]: string } = {}) => ({
    src,
    getAttribute: (name: string) => attributes[name] ?? null,
  });

  test('one attribute is enough', () => {
    expect(readSettings(script('https://r.example/tag.js', { 'data-write-key': ' wk_1 ' }), false)).toEqual({
      writeKey: 'wk_1',
      host: 'https://r.example',
      name: 'rapport',
      also: null,
      autoPage: 'off',
      waits: false,
    });
  });

  test('its address says the same where attributes are dropped', () => {
    const src = 'https://r.example/tag.js?write-key=wk_1&auto-page=hash&consent=wait&name=shop2';
    expect(readSettings(script(src), false)).toMatchObject({
      writeKey: 'wk_1',
      autoPage: 'hash',
      waits: true,
      name: 'shop2',
    });
  });

  test('without a key there is no tag, and a strange name is not taken', () => {
    expect(readSettings(script('https://r.example/tag.js'), false)).toBeNull();
    const strange = readSettings(
      script('https://r.example/tag.js?write-key=k&name=a;b&also=__proto__'),
      false,
    );
    expect(strange).toMatchObject({ name: 'rapport', also: null });
  });

  test('Global Privacy Control makes it wait where the site honours it', () => {
    const honoured = script('https://r.example/tag.js?write-key=k&gpc=honour');
    expect(readSettings(honoured, true)?.waits).toBe(true);
    expect(readSettings(honoured, false)?.waits).toBe(false);
    expect(readSettings(script('https://r.example/tag.js?write-key=k'), true)?.waits).toBe(false);
  });
});
