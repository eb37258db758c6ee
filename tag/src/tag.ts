// One tag on one page: turns calls into events, holds them back until they may be sent, and follows an app from address to
// address. Nothing of it ever throws into the site's page.
import {
  callbackOf,
  readAlias,
  readGroup,
  readIdentify,
  readPage,
  readTrack,
  type Said,
  type Verb,
} from './calls.ts';
import { newId, newMessageId, timeId } from './ids.ts';
import { watchMoves } from './moves.ts';
import { createOutbox, EVENTS_MAX } from './outbox.ts';
import { createSender } from './sender.ts';
import type { Settings } from './settings.ts';
import { createCookie, createStore } from './stores.ts';
import { surroundingsOf, type Surroundings } from './surroundings.ts';
import { createVisitor, forgetVisitor, type Visitor } from './visitor.ts';
import { createWire } from './wire.ts';

export type Method = (...args: readonly unknown[]) => unknown;
export type Api = { readonly [method: string]: Method };

/** Younger than this, an event of another page is still on its own way. */
const ADOPT_AFTER_MS = 5_000;
/** Until an app has put the title of its new page in place. */
const MOVED_MS = 100;
/** Kept where somebody said no: that nothing is to be kept. */
const NO = 'no';

/** When and where something was said: it may be sent much later. */
interface Moment {
  readonly at: number;
  readonly surroundings: Surroundings;
}

export function createTag(
  window: Window & typeof globalThis,
  settings: Settings,
  warn: (words: string) => void,
): Api {
  const { document, location } = window;
  const store = createStore(() => window.localStorage, `${settings.name}.`);
  const cookie = createCookie(document, location, `${settings.name}_id`);
  const outbox = createOutbox(store);
  const later = (act: () => void, ms: number): unknown => window.setTimeout(act, ms);
  const { now } = Date;
  const sender = createSender({
    outbox,
    store,
    writeKey: settings.writeKey,
    wire: createWire(window, settings.host),
    now,
    random: Math.random,
    later,
    warn,
  });
  let { referrer } = document;
  /** Of the last page view: where it was, and its whole address. */
  let place = '';
  let address = '';
  /** null: nothing may be kept, or not yet. */
  let visitor: Visitor | null = null;
  /** What was said before it was known whether it may be. */
  let held: ((visitor: Visitor) => void)[] = [];
  let waiting = settings.waits;

  const whenAllowed = (act: (visitor: Visitor) => void): void => {
    // Another tab may have been told no.
    if (store.get(NO) !== null) visitor = null;
    if (visitor !== null) act(visitor);
    else if (waiting) held = [...held, act].slice(-EVENTS_MAX);
  };
  const say = (visitor: Visitor, said: Said, { at, surroundings }: Moment): void => {
    const groupId = visitor.groupId();
    const { page, ...elsewhere } = surroundings;
    const id = newMessageId(at);
    const event = {
      messageId: id,
      timestamp: new Date(at).toISOString(),
      anonymousId: visitor.anonymousId(),
      userId: visitor.userId(),
      ...said,
      context: { ...(said.type === 'page' ? {} : { page }), ...elsewhere, groupId },
    };
    outbox.add(id, JSON.stringify(event));
    sender.soon();
  };
  const on =
    (read: (args: readonly unknown[], visitor: Visitor, moment: Moment) => Said): Method =>
    (...args) => {
      const moment = { at: now(), surroundings: surroundingsOf(window, referrer) };
      whenAllowed((visitor) => say(visitor, read(args, visitor, moment), moment));
      const done = callbackOf(args);
      if (done !== null) later(done, 0);
    };

  const verbs: { readonly [verb in Verb]: Method } = {
    page: on((args, _visitor, { surroundings }) => readPage(args, surroundings.page)),
    track: on((args) => readTrack(args)),
    identify: on((args, visitor) => {
      const { userId, ...said } = readIdentify(args);
      if (userId !== undefined) visitor.becomes(userId);
      return said;
    }),
    group: on((args, visitor) => {
      const said = readGroup(args);
      if (said.groupId !== undefined) visitor.joins(said.groupId);
      return said;
    }),
    alias: on((args, visitor) => readAlias(args, visitor.userId() ?? visitor.anonymousId())),
  };
  const whereIs = (): string =>
    location.pathname + location.search + (settings.autoPage === 'hash' ? location.hash : '');
  const page: Method = (...args) => {
    // An app that moved by itself comes from its own page before.
    if (address !== '' && whereIs() !== place) referrer = address;
    place = whereIs();
    address = location.href;
    return verbs.page(...args);
  };

  const begin = (): void => {
    visitor = createVisitor(cookie, store, newId);
    waiting = false;
    outbox.adopt(timeId(now() - ADOPT_AFTER_MS));
    held.splice(0).forEach((act) => visitor !== null && act(visitor));
    sender.soon();
    const started = timeId(now());
    later(() => {
      if (visitor === null) return;
      outbox.adopt(started);
      sender.soon();
    }, ADOPT_AFTER_MS);
  };
  const consent: Method = (given) => {
    if (given === true) {
      store.remove(NO);
      if (visitor === null) begin();
      return;
    }
    waiting = false;
    held = [];
    visitor = null;
    forgetVisitor(cookie, store);
    outbox.clear();
    store.set(NO, '1');
  };

  // A site that waits says on every page what its visitor decided.
  if (!waiting && store.get(NO) === null) begin();
  const leave = (): void => {
    if (visitor !== null) sender.leave();
  };
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
  window.addEventListener('online', () => visitor !== null && sender.again());
  if (settings.autoPage !== 'off') {
    watchMoves(window, () =>
      later(() => {
        if (whereIs() !== place) page();
      }, MOVED_MS),
    );
  }

  return {
    ...verbs,
    page,
    consent,
    reset: () => whenAllowed((visitor) => visitor.reset()),
    anonymousId: () => visitor?.anonymousId(),
    userId: () => visitor?.userId(),
  };
}
