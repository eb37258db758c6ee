import { describe, expect, test } from 'vitest';
import { newMessageId, timeId } from '../src/ids.ts';
import { createOutbox, EVENTS_MAX } from '../src/outbox.ts';
import { backOffMs, createSender, retryAfterMs, type Answer } from '../src/sender.ts';
import { createStore } from '../src/stores.ts';
import { makeStorage, makeTime } from './support/browser-parts.ts';

const ok: Answer = { status: 200, retryAfter: null, words: '{"success":true,"rejected":[]}' };

/** A page with an outbox and a sender; `answers` are given in turn, the last one for good. */
function makePage(answers: readonly (Answer | 'lost')[], storage = makeStorage(), time = makeTime()) {
  const may = { send: true };
  const sent: { at: number; ids: readonly string[]; leaving: boolean; keepalive: boolean; body: string }[] =
    [];
  const warned: string[] = [];
  const store = createStore(() => storage, 'rapport.');
  const outbox = createOutbox(store);
  const sender = createSender({
    outbox,
    store,
    writeKey: 'wk_1',
    allowed: () => may.send,
    now: time.now,
    random: () => 0,
    later: time.later,
    warn: (words) => warned.push(words),
    wire: {
      post(body, how) {
        const { batch } = JSON.parse(body) as { batch: { messageId: string }[] };
        sent.push({ at: time.now(), ids: batch.map((event) => event.messageId), body, ...how });
        const answer = answers[Math.min(sent.length, answers.length) - 1] ?? null;
        return answer === 'lost' ? new Promise(() => undefined) : Promise.resolve(answer);
      },
    },
  });
  const say = (id: string, text = ''): void => {
    outbox.add(id, JSON.stringify({ messageId: id, text }));
    sender.soon();
  };
  return { sent, warned, store, outbox, sender, say, time, storage, may };
}

describe('the outbox', () => {
  test('what is said in one breath goes in one request, in order, and is gone when it is stored', async () => {
    const { say, sent, time, store } = makePage([ok]);
    say('e1');
    say('e2');
    await time.advance(1_000);
    expect(sent.map(({ ids }) => ids)).toEqual([['e1', 'e2']]);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      sentAt: '2026-06-01T12:00:00.050Z',
      writeKey: 'wk_1',
    });
    expect(store.keys()).toEqual([]);
  });

  test('holds 200 events; the oldest give way', () => {
    const { outbox, store } = makePage([ok]);
    for (let i = 0; i < EVENTS_MAX + 5; i += 1) outbox.add(`e${String(i).padStart(4, '0')}`, '{}');
    expect(store.keys()).toHaveLength(EVENTS_MAX);
    expect(outbox.take(1_000_000).map(([id]) => id)[0]).toBe('e0005');
  });

  test('a full storage loses nothing as long as the page lives', async () => {
    const { say, sent, time } = makePage([ok], makeStorage(0));
    say('e1');
    await time.advance(1_000);
    expect(sent.map(({ ids }) => ids)).toEqual([['e1']]);
  });

  test('takes half a megabyte of the site’s storage at most', async () => {
    const { say, store, sent, time } = makePage([ok]);
    for (let i = 10; i < 50; i += 1) say(`e${i}`, 'x'.repeat(20_000));
    expect(store.keys().length).toBeLessThanOrEqual(25);
    await time.advance(60_000);
    expect(sent.flatMap(({ ids }) => ids)).toHaveLength(40);
  });

  test('nothing goes out once the visitor said no', async () => {
    const { say, sent, sender, time, may } = makePage([null, ok]);
    say('e1');
    await time.advance(500);
    may.send = false;
    sender.leave();
    sender.again();
    await time.advance(60_000);
    expect(sent).toHaveLength(1);
  });

  test('a batch is at most 30 KB in UTF-8; a larger event goes alone, without keepalive', async () => {
    const { say, sent, time } = makePage([ok]);
    say('e1', '茶'.repeat(6_000));
    say('e2', '茶'.repeat(6_000));
    say('e3', 'x'.repeat(70_000));
    await time.advance(1_000);
    expect(sent.map(({ ids, keepalive }) => [ids, keepalive])).toEqual([
      [['e1'], true],
      [['e2'], true],
      [['e3'], false],
    ]);
  });

  test('ids sort by when they were made', () => {
    const at = Date.parse('2026-06-01T12:00:00.000Z');
    const ids = [newMessageId(at), newMessageId(at), newMessageId(at + 1)];
    expect([...ids].sort()).toEqual(ids);
    expect(timeId(at) < (ids[0] ?? '') && (ids[1] ?? '') < timeId(at + 1)).toBe(true);
  });
});

describe('a closed page', () => {
  test('what it did not know to be stored, the next page sends', async () => {
    const storage = makeStorage();
    const closed = makePage(['lost'], storage);
    closed.say('e1');
    await closed.time.advance(1_000);
    expect(closed.sent).toHaveLength(1);
    const next = makePage([ok], storage);
    next.outbox.adopt('e2');
    next.sender.soon();
    await next.time.advance(1_000);
    expect(next.sent.map(({ ids }) => ids)).toEqual([['e1']]);
    expect(next.store.keys()).toEqual([]);
  });

  test('what is younger is left to the page that said it', () => {
    const storage = makeStorage();
    makePage(['lost'], storage).say('e5');
    const next = makePage([ok], storage);
    next.outbox.adopt('e5');
    expect(next.outbox.take(1_000)).toEqual([]);
  });

  test('what two pages hold is sent by one of them, when the first is quick enough', async () => {
    const storage = makeStorage();
    const time = makeTime();
    const first = makePage([null, ok], storage, time);
    first.say('e1');
    await time.advance(100);
    const second = makePage([ok], storage, time);
    second.outbox.adopt('e2');
    await time.advance(5_000);
    expect(first.sent).toHaveLength(2);
    second.sender.soon();
    await time.advance(5_000);
    expect(second.sent).toHaveLength(0);
  });

  test('on leaving, what waits goes at once, beside a request that is under way', async () => {
    const { say, sent, sender, time } = makePage(['lost', ok]);
    say('e1');
    await time.advance(1_000);
    say('e2');
    sender.leave();
    expect(sent.map(({ ids, leaving }) => [ids, leaving])).toEqual([
      [['e1'], false],
      [['e2'], true],
    ]);
  });
});

describe('a server that does not answer well', () => {
  test('is asked again after 1, 2 and 4 seconds, with the same ids', async () => {
    const { say, sent, time } = makePage([null, { ...ok, status: 500 }, { ...ok, status: 429 }, ok]);
    say('e1');
    await time.advance(60_000);
    const [first = { at: 0 }] = sent;
    expect(sent.map(({ at }) => at - first.at)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(new Set(sent.flatMap(({ ids }) => ids))).toEqual(new Set(['e1']));
  });

  test('is left alone for as long as it asks, also by the next page and at its end', async () => {
    const storage = makeStorage();
    const time = makeTime();
    const first = makePage([{ status: 503, retryAfter: '120', words: '' }, ok], storage, time);
    first.say('e1');
    await time.advance(10_000);
    const second = makePage([ok], storage, time);
    second.say('e2');
    second.sender.leave();
    await time.advance(109_000);
    expect([...first.sent, ...second.sent]).toHaveLength(1);
    await time.advance(10_000);
    expect(second.sent.map(({ ids }) => ids)).toEqual([['e2']]);
    expect(first.sent.map(({ ids }) => ids)).toEqual([['e1'], ['e1']]);
  });

  test('is asked at once when the network comes back', async () => {
    const { say, sent, sender, time } = makePage([null, null, null, ok]);
    say('e1');
    await time.advance(4_000);
    const before = sent.length;
    sender.again();
    expect(sent).toHaveLength(before + 1);
  });

  test('that knows no such key is not asked again by this page, and nothing is lost', async () => {
    const { say, sent, store, time, warned } = makePage([
      { status: 401, retryAfter: null, words: 'unknown_key' },
    ]);
    say('e1');
    await time.advance(600_000);
    say('e2');
    await time.advance(600_000);
    expect(sent).toHaveLength(1);
    expect(store.keys().filter((key) => key.startsWith('q.'))).toHaveLength(2);
    expect(warned).toEqual([expect.stringMatching(/unknown_key/)]);
  });

  test('that cannot read it is not sent it again, and the developer is told why', async () => {
    const { say, sent, store, time, warned } = makePage([
      { status: 400, retryAfter: null, words: 'too_deep' },
      ok,
    ]);
    say('e1');
    await time.advance(10_000);
    expect([sent.length, store.keys().length]).toEqual([1, 0]);
    expect(warned).toEqual([expect.stringMatching(/too_deep/)]);
  });

  test('an event that it refused alone is told too', async () => {
    const words = '{"success":true,"rejected":[{"index":0,"code":"missing_field"}]}';
    const { say, time, warned } = makePage([{ ...ok, words } as Answer]);
    say('e1');
    await time.advance(1_000);
    expect(warned).toEqual([expect.stringMatching(/missing_field/)]);
  });
});

describe('waiting', () => {
  const at = Date.parse('2026-06-01T12:00:00.000Z');

  test.each([
    [null, 0],
    ['7', 7_000],
    ['Mon, 01 Jun 2026 12:00:30 GMT', 30_000],
    ['Mon, 01 Jun 2026 11:00:00 GMT', 0],
    ['-5', 0],
    ['soon', 0],
    ['999999', 3_600_000],
  ])('Retry-After %j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, at)).toBe(ms);
  });

  test('grows to five minutes, half of it by chance', () => {
    expect([1, 2, 3, 20].map((failures) => backOffMs(failures, 0))).toEqual([1_000, 2_000, 4_000, 300_000]);
    expect(backOffMs(20, 1)).toBe(150_000);
  });
});
