// The one way from the console to the server: JSON over fetch, failures as ApiProblem or Unreachable. Never retries a change by itself.
import { randomKey } from '../lib/random-key.ts';
import { reportAnswer, reportSilence } from './connection.ts';
import { parseProblem, Unreachable } from './problem.ts';

type Query = { readonly [key: string]: string | number | boolean | null | undefined };
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const notReady: ReadonlySet<number> = new Set([502, 503, 504]);

export const get = <T>(path: string, query?: Query): Promise<T> => request('GET', path + search(query));
/** With a signal, a question that nobody waits for any more is called off. */
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> =>
  request('POST', path, body, signal);
export const put = <T>(path: string, body: unknown): Promise<T> => request('PUT', path, body);
export const remove = <T>(path: string): Promise<T> => request('DELETE', path);
/** A file goes as its bytes, so that the browser reads it from the disk while it is sent. */
export const upload = <T>(path: string, file: File, query?: Query): Promise<T> =>
  request('POST', path + search(query), file);

function search(query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value));
  }
  const out = params.toString();
  return out === '' ? '' : `?${out}`;
}

async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send(method, path, body, signal);
  const content = await contentOf(answer);
  if (!answer.ok) throw parseProblem(answer.status, content);
  // The border: from here on the shape is the one api/types.ts promises.
  return content as T;
}

async function send(
  method: Method,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (signal) init.signal = signal;
  if (body instanceof Blob) {
    headers['content-type'] = 'application/octet-stream';
    init.body = body;
  } else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  if (method === 'POST' && !(body instanceof Blob)) headers['idempotency-key'] = randomKey();
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    reportSilence();
    throw new Unreachable(error);
  }
  if (notReady.has(answer.status)) {
    const words = await contentOf(answer);
    // A 503 in our own words (a full disk) is an answer; a bare one means that nobody is there.
    if (words === null) {
      reportSilence();
      throw new Unreachable(answer.status);
    }
    throw parseProblem(answer.status, words);
  }
  reportAnswer();
  return answer;
}

async function contentOf(answer: Response): Promise<unknown> {
  if (answer.status === 204) return null;
  const type = answer.headers.get('content-type') ?? '';
  if (!type.includes('json')) return null;
  const raw = await answer.text();
  if (raw === '') return null;
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
