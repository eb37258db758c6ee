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
import { safely, warn, type Method } from './safely.ts';
import type { Settings } from './settings.ts';
import { createCookie, createStore } from './stores.ts';
import { surroundingsOf, type Surroundings } from './surroundings.ts';
import { createVisitor, forgetVisitor, type Visitor } from './visitor.ts';
import { createWire } from './wire.ts';

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

export function createTag(window: Window & typeof globalThis, settings: Settings): Api {
  const { document, location } = window;
  const store = createStore(() => window.localStorage, `${settings.name}.`);
  const cookie = createCookie(document, location, `${settings.name}_id`);
  const outbox = createOutbox(store);
  const later = (act: () => void, ms: number): unknown => window.setTimeout(safely(act), ms);
  const listen = (to: EventTarget, type: string, act: (event: Event) => void): void =>
    to.addEventListener(type, safely(act as Method));
  const { now } = Date;
  // Another tab may have been told no.
  const allowed = (): boolean => store.get(NO) === null;
  const sender = createSender({
    outbox,
    store,
    writeKey: settings.writeKey,
    allowed,
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
    if (visitor !== null) {
      if (allowed()) act(visitor);
    } else if (waiting) held = [...held, act].slice(-EVENTS_MAX);
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
    if (given !== false) {
      warn('consent() takes true or false');
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
  if (!waiting && allowed()) begin();
  const leave = (): void => {
    if (visitor !== null) sender.leave();
  };
  listen(window, 'pagehide', leave);
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
  listen(window, 'online', () => visitor !== null && sender.again());
  if (settings.autoPage !== 'off') {
    const moved = (): void => {
      if (whereIs() !== place) page();
    };
    watchMoves(window, () => later(moved, MOVED_MS));
    // Shown again as it was left, without being loaded.
    listen(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && page());
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
