// A customer's site on another origin, and the way from its visitors to Rapport with the faults that ways have.
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Site {
  readonly port: number;
  /** What every address answers; `{front}` is replaced by where the tag is loaded from. */
  page: { html: string; headers: { readonly [name: string]: string } };
  /** Files beside the page. */
  readonly files: Map<string, string>;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const site = { page: { html: '', headers: {} }, files: new Map<string, string>() };
  const server = createServer((request, response) => {
    const file = site.files.get(request.url ?? '');
    const type = file === undefined ? 'text/html' : 'text/javascript';
    response.writeHead(request.url === '/favicon.ico' ? 204 : 200, {
      'content-type': `${type}; charset=utf-8`,
      ...site.page.headers,
    });
    response.end(file ?? site.page.html);
  });
  const port = await listen(server);
  return Object.assign(site, { port, close: () => close(server) });
}

/** `hold`: takes requests and stays silent. `lose`: passes them on and loses the answer. `cut`: lets nobody in. */
export type Way = 'open' | 'hold' | 'lose' | 'cut';

export interface Front {
  readonly url: string;
  way: Way;
  /** How many requests with events came, whatever became of them. */
  readonly posts: () => number;
  close(): Promise<void>;
}

/** Stands before Rapport; only requests with events are disturbed. */
export async function openFront(target: string): Promise<Front> {
  const front = { way: 'open' as Way };
  let posts = 0;
  const server = createServer((request, response) => {
    const disturbed = request.method === 'POST' ? front.way : 'open';
    if (request.method === 'POST') posts += 1;
    if (disturbed === 'cut') {
      request.socket.destroy();
      return;
    }
    const { method, headers } = request;
    const onward = ask(new URL(request.url ?? '/', target), { ...(method ? { method } : {}), headers });
    onward.on('response', (answer) => {
      answer.on('error', () => response.destroy());
      if (disturbed === 'lose') answer.resume().on('end', () => request.socket.destroy());
      else {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }
    });
    onward.on('error', () => response.destroy());
    if (disturbed === 'hold') request.resume();
    else request.pipe(onward);
  });
  const port = await listen(server);
  return Object.assign(front, {
    url: `http://localhost:${port}`,
    posts: () => posts,
    close: () => close(server),
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
