// The far end of sending: a real SMTP server in a process of its own, so that its work is not counted as Rapport's.
// Started by support/sink-client.ts with an IPC channel; it tells when each message had wholly arrived.
import { SMTPServer } from 'smtp-server';
import { monotonicMs } from './support/statistics.ts';

export interface Mail {
  readonly to: string;
  readonly arrivedAtMs: number;
}

export type FromSink =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'mail'; readonly mail: Mail }
  | { readonly kind: 'report'; readonly mails: readonly Mail[]; readonly firstRaw: string };

export type ToSink =
  /** Connections made from now on wait for their greeting. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  /** Tell of each message as it arrives. */
  | { readonly kind: 'follow'; readonly on: boolean }
  /** What arrived since the last report. */
  | { readonly kind: 'report' };

let mails: Mail[] = [];
let firstRaw = '';
let held: (() => void)[] | null = null;
let following = false;

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  maxClients: 200,
  onConnect(_session, greet) {
    if (held === null) greet();
    else held.push(() => greet());
  },
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      if (firstRaw === '') chunks.push(chunk);
    });
    stream.on('end', () => {
      const mail = { to: session.envelope.rcptTo[0]?.address ?? '', arrivedAtMs: monotonicMs() };
      if (firstRaw === '') firstRaw = Buffer.concat(chunks).toString('latin1');
      mails.push(mail);
      if (following) tell({ kind: 'mail', mail });
      done();
    });
  },
});
server.on('error', () => undefined);
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  tell({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
});

process.on('message', (message: ToSink) => {
  switch (message.kind) {
    case 'hold':
      held ??= [];
      return;
    case 'release':
      for (const greet of held ?? []) greet();
      held = null;
      return;
    case 'follow':
      following = message.on;
      return;
    case 'report':
      tell({ kind: 'report', mails, firstRaw });
      mails = [];
      firstRaw = '';
  }
});
process.on('disconnect', () => process.exit(0));

function tell(message: FromSink): void {
  process.send?.(message);
}
