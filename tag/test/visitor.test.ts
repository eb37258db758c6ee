import { describe, expect, test } from 'vitest';
import { createCookie, createStore, domainsOf } from '../src/stores.ts';
import { createVisitor, forgetVisitor } from '../src/visitor.ts';
import { makeJar, makeStorage } from './support/browser-parts.ts';

const blocked = createStore(() => {
  throw new Error('SecurityError');
}, 'rapport.');
const noCookie = { get: () => null, set: () => undefined, remove: () => undefined };
const counting = () => {
  let n = 0;
  return () => `anonymous-${(n += 1)}`;
};

describe('the cookie', () => {
  test.each([
    ['www.shop.example', ['shop.example', 'www.shop.example']],
    ['shop.example', ['shop.example']],
    ['localhost', []],
    ['127.0.0.1', []],
    ['[::1]', []],
  ])('%s may have one on %j', (hostname, domains) => {
    expect(domainsOf(hostname)).toEqual(domains);
  });

  test('stands on the widest domain that the browser allows', () => {
    const { jar, cookies } = makeJar('blog.shop.co.uk', ['co.uk']);
    const cookie = createCookie(jar, { hostname: 'blog.shop.co.uk', protocol: 'https:' }, 'rapport_id');
    cookie.set('visitor-1');
    expect([...cookies.keys()]).toEqual(['rapport_id']);
    expect(cookies.get('rapport_id')).toEqual({
      value: 'visitor-1',
      domain: 'shop.co.uk',
      attributes: 'path=/; max-age=34560000; SameSite=Lax; domain=shop.co.uk; Secure',
    });
    cookie.remove();
    expect(cookies.size).toBe(0);
  });

  test('is found among others, and not by the end of another name', () => {
    const { jar } = makeJar('shop.example', []);
    jar.cookie = 'my_rapport_id=wrong';
    const cookie = createCookie(jar, { hostname: 'shop.example', protocol: 'http:' }, 'rapport_id');
    expect(cookie.get()).toBeNull();
    cookie.set('visitor-1');
    expect(cookie.get()).toBe('visitor-1');
  });
});

describe('a visitor', () => {
  const parts = () => {
    const { jar, cookies } = makeJar('shop.example', []);
    const storage = makeStorage();
    return {
      cookies,
      storage,
      cookie: createCookie(jar, { hostname: 'shop.example', protocol: 'http:' }, 'rapport_id'),
      store: createStore(() => storage, 'rapport.'),
      newId: counting(),
    };
  };

  test('is the same on the next page, by the cookie or by the storage alone', () => {
    const { cookie, store, newId, storage } = parts();
    const first = createVisitor(cookie, store, newId);
    first.becomes('u1');
    expect(createVisitor(cookie, store, newId).anonymousId()).toBe(first.anonymousId());
    expect(createVisitor(noCookie, store, newId).anonymousId()).toBe(first.anonymousId());
    expect(createVisitor(cookie, blocked, newId).anonymousId()).toBe(first.anonymousId());
    expect(createVisitor(cookie, store, newId).userId()).toBe('u1');
    expect(storage.getItem('rapport.user')).toBe('u1');
  });

  test('another user at the same browser is another visitor, the same user is not', () => {
    const { cookie, store, newId } = parts();
    const visitor = createVisitor(cookie, store, newId);
    const before = visitor.anonymousId();
    visitor.becomes('u1');
    visitor.becomes('u1');
    expect(visitor.anonymousId()).toBe(before);
    visitor.becomes('u2');
    expect(visitor.anonymousId()).not.toBe(before);
  });

  test('a reset forgets who it was, in every open tab', () => {
    const { cookie, store, newId } = parts();
    const [tab, other] = [createVisitor(cookie, store, newId), createVisitor(cookie, store, newId)];
    tab.becomes('u1');
    tab.joins('acme');
    expect(other.userId()).toBe('u1');
    const before = other.anonymousId();
    tab.reset();
    expect([other.userId(), other.groupId()]).toEqual([undefined, undefined]);
    expect(other.anonymousId()).toBe(tab.anonymousId());
    expect(other.anonymousId()).not.toBe(before);
  });

  test('where nothing can be kept it lives as long as the page', () => {
    const visitor = createVisitor(noCookie, blocked, counting());
    visitor.becomes('u1');
    expect([visitor.anonymousId(), visitor.userId()]).toEqual(['anonymous-1', 'u1']);
    expect(visitor.anonymousId()).toBe('anonymous-1');
  });

  test('a cookie that is not ours is replaced', () => {
    const { cookie, store, newId, cookies } = parts();
    cookie.set('<script>');
    expect(createVisitor(cookie, store, newId).anonymousId()).toBe('anonymous-1');
    expect(cookies.get('rapport_id')?.value).toBe('anonymous-1');
  });

  test('is forgotten without a trace', () => {
    const { cookie, store, newId, cookies } = parts();
    createVisitor(cookie, store, newId).becomes('u1');
    forgetVisitor(cookie, store);
    expect(store.keys()).toEqual([]);
    expect(cookies.size).toBe(0);
  });
});
