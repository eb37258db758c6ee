import { expect, onTestFinished, test, vi } from 'vitest';
import { createCounting } from './counts.ts';
import type { Pool } from './pool.ts';

// Nothing is asked of them: what is counted here is the counting.
const [pool, aside] = [{} as Pool, {} as Pool];

function counter(tookMs: number) {
  let now = 0;
  let counted = 0;
  const by: Pool[] = [];
  const { keep, forget, outdate } = createCounting({ pool, aside, now: () => now, onError: () => undefined });
  const kept = keep(
    async (_, each) => {
      now += tookMs;
      counted += 1;
      by.push(each);
      return counted;
    },
    { failed: 'it could not be counted' },
  );
  return { kept, forget, outdate, by, pass: (ms: number) => (now += ms), counted: () => counted };
}

test('what is cheap to count is counted afresh each time', async () => {
  const { kept } = counter(10);
  expect(await kept.get('w')).toBe(1);
  expect(await kept.get('w')).toBe(2);
});

test('what is dear is kept, then shown while a fresh count is made behind it', async () => {
  const { kept, pass, counted } = counter(2_000);
  expect(await kept.get('w')).toBe(1);
  pass(14_000);
  expect(await kept.get('w')).toBe(1);
  expect(counted()).toBe(1);
  pass(2_000);
  expect(await kept.get('w')).toBe(1);
  expect(counted()).toBe(2);
  await Promise.resolve();
  expect(await kept.get('w')).toBe(2);
});

test('nobody looked for minutes: a page that must stand at once has the old count, told as such, and the new one when it asks again', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { kept, pass, counted, by } = counter(2_000);
  expect(await kept.latest('w')).toEqual({ value: 1, counting: false });
  pass(300_000);
  expect(await kept.latest('w')).toEqual({ value: 1, counting: true });
  expect(counted()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await kept.latest('w')).toEqual({ value: 2, counting: false });
  pass(300_000);
  expect(await kept.get('w')).toBe(3);
  pass(700_000);
  expect(await kept.latest('w')).toEqual({ value: 4, counting: false });
  expect(counted()).toBe(4);
  // What nobody waited for gave way.
  expect(by.map((each) => each === aside)).toEqual([false, true, false, false]);
});

test('for a page that must stand at once a tenth of a second is dear, but not the first time: that may be chance', async () => {
  const { kept } = counter(150);
  expect(await kept.latest('w')).toEqual({ value: 1, counting: false });
  expect(await kept.latest('w')).toEqual({ value: 2, counting: false });
  expect(await kept.latest('w')).toEqual({ value: 2, counting: false });
  expect(await kept.get('w')).toBe(3);
});

test('what was counted before a whole history came in is not shown any more', async () => {
  const { kept, forget } = counter(2_000);
  expect(await kept.get('w')).toBe(1);
  forget();
  expect(await kept.get('w')).toBe(2);
  expect(await kept.latest('w')).toEqual({ value: 2, counting: false });
});

test('each workspace has its own', async () => {
  const { kept } = counter(2_000);
  expect(await kept.get('a')).toBe(1);
  expect(await kept.get('b')).toBe(2);
  expect(await kept.get('a')).toBe(1);
});

test('a count that fails is told, and tried again by the next who asks', async () => {
  let fails = true;
  const { keep } = createCounting({ pool, aside, now: () => 0, onError: () => undefined });
  const kept = keep(
    async () => {
      if (fails) throw new Error('no database');
      return 1;
    },
    { failed: 'it could not be counted' },
  );
  await expect(kept.get('w')).rejects.toThrow('no database');
  fails = false;
  expect(await kept.get('w')).toBe(1);
});

test('under other definitions a number is counted afresh, and a page that must stand at once has the old one, told as such', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { kept, outdate, pass } = counter(2_000);
  expect(await kept.latest('w')).toEqual({ value: 1, counting: false });
  outdate();
  expect(await kept.latest('w')).toEqual({ value: 1, counting: true });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await kept.latest('w')).toEqual({ value: 2, counting: false });
  pass(100);
  outdate();
  expect(await kept.get('w')).toBe(3);
  expect(await kept.get('w')).toBe(3);
});
