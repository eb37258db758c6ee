// Outgoing webhooks: Standard Webhooks headers and signature, the same id at every attempt. It never reaches a private
// address (also not by a redirect or a change of DNS), never reads more than a little of the answer, never waits long.
import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

import { failedForGood, failedForNow, sent, uncertain } from './outcome.ts';
import type { HandOver } from './outcome.ts';
import { checkHost } from './public-address.ts';
import type { CheckedAddress, Resolve } from './public-address.ts';

export interface WebhookCall {
  /** the message's id: what the receiver recognises a repetition by */
  readonly id: string;
  readonly url: string;
  readonly payload: unknown;
  readonly sentAt: Date;
  /** `whsec_` and base64, as the receiver was given it */
  readonly secret: string;
}

export interface WebhookChannel {
  handOver(call: WebhookCall): Promise<HandOver>;
}

export const WEBHOOK_LIMITS = {
  timeoutMs: 15_000,
  bodyBytesMax: 256_000,
  answerBytesMax: 16_384,
  redirectsMax: 3,
  urlMax: 2_000,
};

export interface WebhookOptions {
  readonly allowPrivate: boolean;
  readonly limits?: Partial<typeof WEBHOOK_LIMITS>;
  readonly resolve?: Resolve;
}

export function openWebhookChannel(options: WebhookOptions): WebhookChannel {
  const limits = { ...WEBHOOK_LIMITS, ...options.limits };
  return {
    async handOver(call) {
      const body = JSON.stringify(call.payload);
      if (Buffer.byteLength(body) > limits.bodyBytesMax) {
        return failedForGood(
          'message_too_large',
          `The webhook's body is larger than ${limits.bodyBytesMax} bytes.`,
        );
      }
      const first = parseUrl(call.url, limits.urlMax);
      if (first === undefined)
        return failedForGood('bad_url', 'The URL must begin with http:// or https:// and name a host.');
      const signal = AbortSignal.timeout(limits.timeoutMs);
      let url = first;
      for (let redirects = 0; redirects <= limits.redirectsMax; redirects += 1) {
        const answer = await post({
          url,
          body,
          headers: webhookHeaders(call, body),
          signal,
          options,
          limits,
        });
        if (answer.kind === 'ended') return answer.outcome;
        const next = redirectTarget(answer.status, answer.location, url, limits.urlMax);
        if (next === undefined) return outcomeOf(answer.status);
        if (next === 'refused')
          return failedForGood(
            'bad_url',
            `The endpoint answered ${answer.status} with an address that is not followed.`,
          );
        url = next;
      }
      return failedForGood(
        'too_many_redirects',
        `The endpoint redirected more than ${limits.redirectsMax} times.`,
      );
    },
  };
}

/** Signed is `id.timestamp.body`, with the decoded secret: what every Standard Webhooks library verifies. */
export function webhookHeaders(call: WebhookCall, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(call.sentAt.getTime() / 1000));
  const key = Buffer.from(call.secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${call.id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': call.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

interface Posting {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly options: WebhookOptions;
  readonly limits: typeof WEBHOOK_LIMITS;
}
type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly location: string | undefined }
  | { readonly kind: 'ended'; readonly outcome: HandOver };

async function post(posting: Posting): Promise<Answer> {
  const { url, options } = posting;
  const checked = await checkHost(url.hostname, {
    allowPrivate: options.allowPrivate,
    ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
  });
  if (!checked.ok) {
    const outcome =
      checked.reason === 'private_address'
        ? failedForGood('private_address', `${checked.detail} Set RAPPORT_ALLOW_PRIVATE=1 if it is meant.`)
        : failedForNow('server_not_found', checked.detail);
    return { kind: 'ended', outcome };
  }
  if (posting.signal.aborted)
    return { kind: 'ended', outcome: failedForNow('not_connected', 'The endpoint was not reached in time.') };
  return exchange(posting, checked.address);
}

function exchange(posting: Posting, pinned: CheckedAddress): Promise<Answer> {
  const { url, body, headers, signal, limits } = posting;
  return new Promise((resolve) => {
    // From the moment there is a connection the body may be on its way, and what is lost then proves nothing.
    let connected = false;
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      signal,
      agent: false,
      // the name stands in Host and in TLS; the connection goes to the address that was checked, whatever DNS says now
      lookup: (_hostname, wanted, callback) => {
        if (typeof wanted === 'object' && wanted.all === true) callback(null, [pinned]);
        else callback(null, pinned.address, pinned.family);
      },
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Rapport-Webhooks/1',
        accept: '*/*',
      },
    });
    request.once('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    request.once('response', (response) => {
      drain(response, limits.answerBytesMax);
      resolve({ kind: 'answered', status: response.statusCode ?? 0, location: response.headers.location });
    });
    request.on('error', (error) => {
      const detail = 'code' in error ? String(error.code) : error.message;
      const outcome = connected
        ? uncertain(`The endpoint was reached but did not answer (${detail}).`)
        : failedForNow('not_connected', `The endpoint cannot be reached (${detail}).`);
      resolve({ kind: 'ended', outcome });
    });
    request.end(body);
  });
}

/** The answer's body says nothing that is used; reading a little lets the connection end well. */
function drain(response: IncomingMessage, bytesMax: number): void {
  let read = 0;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > bytesMax) response.destroy();
  });
}

/** 303 asks for a GET and would lose the message; https never falls back to http. */
function redirectTarget(
  status: number,
  location: string | undefined,
  from: URL,
  urlMax: number,
): URL | 'refused' | undefined {
  if (![301, 302, 307, 308].includes(status)) return undefined;
  const next = location === undefined ? undefined : parseUrl(location, urlMax, from);
  if (next === undefined || (from.protocol === 'https:' && next.protocol !== 'https:')) return 'refused';
  return next;
}

function outcomeOf(status: number): HandOver {
  if (status >= 200 && status < 300) return sent(null);
  const detail = `The endpoint answered ${status}.`;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return failedForNow('endpoint_busy', detail);
  return failedForGood('endpoint_refused', detail);
}

function parseUrl(text: string, lengthMax: number, base?: URL): URL | undefined {
  if (text.length > lengthMax || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined;
  return url;
}
