// Starts the SMTP sink and talks to it. Stop it at the end: it ends with its channel in any case.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromSink, Mail, ToSink } from '../sink.ts';

export interface Sink {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  hold(): void;
  release(): void;
  /** Calls back for each message as it arrives; null stops that. */
  follow(listener: ((mail: Mail) => void) | null): void;
  /** What arrived since the last report, and the first of it as it came over the line. */
  report(): Promise<{ readonly mails: readonly Mail[]; readonly firstRaw: string }>;
  stop(): void;
}

export async function startSink(): Promise<Sink> {
  const child = fork(fileURLToPath(new URL('../sink.ts', import.meta.url)), { serialization: 'advanced' });
  let listener: ((mail: Mail) => void) | null = null;
  const reports: ((report: { mails: readonly Mail[]; firstRaw: string }) => void)[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the SMTP sink ended')));
    child.on('message', (message: FromSink) => {
      switch (message.kind) {
        case 'listening':
          resolve(message.port);
          return;
        case 'mail':
          listener?.(message.mail);
          return;
        case 'report':
          reports.shift()?.({ mails: message.mails, firstRaw: message.firstRaw });
      }
    });
  });
  const tell = (message: ToSink): void => void child.send(message);
  return {
    port,
    pid: child.pid ?? 0,
    url: `smtp://127.0.0.1:${port}?ignoreTLS=true`,
    hold: () => tell({ kind: 'hold' }),
    release: () => tell({ kind: 'release' }),
    follow(next) {
      listener = next;
      tell({ kind: 'follow', on: next !== null });
    },
    report() {
      return new Promise((resolve) => {
        reports.push(resolve);
        tell({ kind: 'report' });
      });
    },
    stop: () => void child.kill('SIGTERM'),
  };
}
