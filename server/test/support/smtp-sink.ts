// A real SMTP server that keeps what it accepted, so that a test can audit it, and a line in front of it that can
// be cut at any stage of the conversation.
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

export interface Accepted {
  readonly messageId: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface SmtpSink {
  readonly port: number;
  readonly url: string;
  readonly accepted: Accepted[];
  close(): Promise<void>;
}

export async function startSmtpSink(options: SMTPServerOptions = {}): Promise<SmtpSink> {
  const accepted: Accepted[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1');
        const messageId = /^Message-ID: <([^@>]+)/im.exec(raw)?.[1] ?? '';
        accepted.push({ messageId, to: session.envelope.rcptTo.map((box) => box.address), raw });
        done(null, `OK: queued as ${accepted.length}`);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.server.address());
  return {
    port,
    url: `smtp://127.0.0.1:${port}?ignoreTLS=true`,
    accepted,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Where the line is cut. `after_*_reply` lets the server's reply be made but not arrive. */
export const CUTS = [
  'at_connect',
  'before_greeting',
  'after_ehlo',
  'after_mail',
  'after_rcpt',
  'after_data_command',
  'mid_body',
  'after_final_dot',
  'after_final_reply_was_made',
  'after_reply_arrived',
] as const;
export type Cut = (typeof CUTS)[number];

export interface CuttingLine {
  readonly url: string;
  /** connections made so far */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Cuts the first `times` connections at the stage, and leaves later ones alone. */
export async function startCuttingLine(
  sinkPort: number,
  options: { readonly cut: Cut; readonly times: number; readonly fromMessage?: number },
): Promise<CuttingLine> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(sinkPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    if (connections > options.times) {
      client.pipe(upstream).pipe(client);
      return;
    }
    cutAt(client, upstream, options.cut, options.fromMessage ?? 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${portOf(server.address())}?ignoreTLS=true`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function cutAt(client: Socket, upstream: Socket, cut: Cut, fromMessage: number): void {
  const kill = (): void => {
    client.resetAndDestroy();
    upstream.destroy();
  };
  if (cut === 'at_connect') return kill();
  let message = 0;
  let inBody = false;
  let ended = false;
  let tail = '';
  client.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (/^MAIL FROM/im.test(text) && !inBody) message += 1;
    const armed = message >= fromMessage;
    const pass = (): boolean => upstream.write(chunk);
    if (cut === 'after_ehlo' && /^EHLO/im.test(text)) return kill();
    if (armed && cut === 'after_mail' && /^MAIL/im.test(text)) return kill();
    if (armed && cut === 'after_rcpt' && /^RCPT/im.test(text)) return kill();
    if (armed && cut === 'after_data_command' && /^DATA/im.test(text)) return kill();
    if (armed && cut === 'mid_body' && inBody) {
      upstream.write(chunk.subarray(0, chunk.length >> 1), kill);
      return;
    }
    tail = (tail + text).slice(-5);
    if (inBody && tail === '\r\n.\r\n') {
      if (armed && cut === 'after_final_dot') {
        upstream.write(chunk, kill);
        return;
      }
      ended = armed;
      inBody = false;
    }
    pass();
  });
  upstream.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    if (cut === 'before_greeting') return kill();
    if (/^354/m.test(text)) inBody = true;
    if (ended && cut === 'after_final_reply_was_made') return kill();
    client.write(chunk, () => {
      if (ended && cut === 'after_reply_arrived') setTimeout(kill, 20);
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}
