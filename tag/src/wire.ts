// The way to the server. The body is text/plain, so that no browser asks first; no cookie goes along.
import type { Answer, Wire } from './sender.ts';

const ANSWER_WITHIN_MS = 30_000;
const WORDS_MAX = 2_000;

export function createWire(window: Window & typeof globalThis, host: string): Wire {
  const url = `${host}/v1/b`;
  return {
    async post(body, { keepalive, leaving }) {
      if (leaving && !('keepalive' in Request.prototype) && window.navigator.sendBeacon(url, body))
        return new Promise<Answer>(() => undefined);
      const abort = new AbortController();
      const timer = window.setTimeout(() => abort.abort(), ANSWER_WITHIN_MS);
      try {
        const { signal } = abort;
        const answer = await window.fetch(url, {
          method: 'POST',
          body,
          keepalive,
          signal,
          credentials: 'omit',
          // The page's address is in the events, where the site wants it; nowhere else.
          referrerPolicy: 'no-referrer',
        });
        const words = (await answer.text()).slice(0, WORDS_MAX);
        return { status: answer.status, retryAfter: answer.headers.get('retry-after'), words };
      } finally {
        window.clearTimeout(timer);
      }
    },
  };
}
