// Sends what is in the outbox until the server has it: one request at a time, waiting longer after each failure and as
// long as the server asks. An event leaves the outbox only when the server answered for it.
import { bytesOf, type Entry, type Outbox } from './outbox.ts';
import type { Store } from './stores.ts';

/** What browsers carry on with after a page is gone is limited to 64 KB; two requests fit. */
const BATCH_BYTES = 30_000;
const KEEPALIVE_BYTES = 60_000;
/** A page and who is on it are usually said in one breath. */
const SOON_MS = 50;
const DELAY_MIN_MS = 1_000;
const DELAY_MAX_MS = 300_000;
const ASKED_MAX_MS = 3_600_000;
const WAIT = 'wait';

/** null: no answer came. */
export type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly words: string;
} | null;

export interface Wire {
  /** A promise that never settles: it was handed to the browser, which tells nothing. */
  post(body: string, how: { readonly keepalive: boolean; readonly leaving: boolean }): Promise<Answer>;
}

export interface Sender {
  /** Soon, together with what else is said in this moment. */
  soon(): void;
  /** Now, whatever is under way: the page may be gone in a moment. */
  leave(): void;
  /** The network came back. */
  again(): void;
}

export function createSender(options: {
  readonly outbox: Outbox;
  readonly wire: Wire;
  readonly store: Store;
  readonly writeKey: string;
  /** False once the visitor said no, in this tab or in another. */
  readonly allowed: () => boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly later: (act: () => void, ms: number) => unknown;
  readonly warn: (words: string) => void;
}): Sender {
  const { outbox, wire, store, writeKey, allowed, now, random, later, warn } = options;
  let busy = false;
  let soon = false;
  let refused = false;
  let failures = 0;
  let notBefore = 0;
  /** Of the one timer that counts; an earlier one finds that it is no longer meant. */
  let timer = 0;

  const plan = (ms: number): void => {
    const mine = (timer += 1);
    later(() => {
      if (mine === timer) flush();
    }, ms);
  };
  /** How long the server still wants to be left alone, as any page of this site was told. */
  const asked = (): number => {
    const ms = Number(store.get(WAIT)) - now();
    // A clock that was set back does not hold us for longer than the server may.
    return ms > 0 && ms <= ASKED_MAX_MS ? ms : 0;
  };
  const flush = (): void => {
    if (busy || refused || !allowed()) return;
    const ms = Math.max(notBefore - now(), asked());
    if (ms > 0) plan(ms);
    else send(false);
  };
  const send = (leaving: boolean): void => {
    const entries = outbox.take(BATCH_BYTES);
    if (entries.length === 0) return;
    if (!leaving) busy = true;
    const body =
      `{"batch":[${entries.map(([, json]) => json).join(',')}],` +
      `"sentAt":"${new Date(now()).toISOString()}","writeKey":${JSON.stringify(writeKey)}}`;
    void wire
      .post(body, { keepalive: bytesOf(body) < KEEPALIVE_BYTES, leaving })
      .catch(() => null)
      .then((answer) => {
        if (!leaving) busy = false;
        settle(entries, answer);
      });
  };
  const settle = (entries: readonly Entry[], answer: Answer): void => {
    const verdict = verdictOf(answer);
    if (verdict === 'stored' || verdict === 'hopeless') {
      outbox.remove(entries);
      failures = 0;
      if (verdict === 'hopeless' || /"rejected":\[\{/.test(answer?.words ?? ''))
        warn(`the server refused something: ${answer?.words}`);
      plan(0);
      return;
    }
    outbox.putBack(entries);
    if (verdict === 'not here') {
      refused = true;
      warn(`nothing is sent from this page. The server answered ${answer?.status}: ${answer?.words}`);
      return;
    }
    failures += 1;
    const ms = retryAfterMs(answer?.retryAfter ?? null, now());
    if (ms > 0) store.set(WAIT, String(now() + ms));
    notBefore = now() + Math.max(ms, backOffMs(failures, random()));
    plan(notBefore - now());
  };

  return {
    soon() {
      if (busy || soon) return;
      soon = true;
      later(() => {
        soon = false;
        flush();
      }, SOON_MS);
    },
    leave() {
      if (refused || !allowed() || asked() > 0) return;
      send(true);
      send(true);
    },
    again() {
      notBefore = 0;
      flush();
    },
  };
}

/** `not here`: wrong key or wrong address. Sending on helps nobody, but what was said is kept for when it is mended. */
export function verdictOf(answer: Answer): 'stored' | 'hopeless' | 'not here' | 'later' {
  const status = answer?.status ?? 0;
  if (status >= 200 && status < 300) return 'stored';
  if ([400, 413, 415, 422].includes(status)) return 'hopeless';
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) return 'not here';
  return 'later';
}

/** Doubling from a second to five minutes, by chance up to half less, so that a crowd does not come back at once. */
export function backOffMs(failures: number, chance: number): number {
  return Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** (failures - 1)) * (1 - chance / 2);
}

/** Seconds, or a date; 0 when nothing was asked, at most an hour. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null || header === '') return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000;
  return Math.min(ASKED_MAX_MS, ms > 0 ? ms : 0);
}
