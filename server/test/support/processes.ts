// Processes that a test starts and kills. Whatever a test leaves running is killed at its end, by its own pid.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Started = {
  readonly child: ChildProcess;
  /** The first line on stdout that `accept` takes; rejects when the process ends without one. */
  line(accept: (line: string) => boolean): Promise<string>;
  /** Kills with the signal and waits for the end; the exit code, or null when a signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits for the end. */
  ended: Promise<number | null>;
  /** Everything that was written so far, stderr included. */
  output(): string;
};

export function startProcess(command: {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}): Started {
  const child = spawn(command.file, command.args, {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const look of waiting) look();
    });
  }
  return {
    child,
    ended,
    output: () => lines.join('\n'),
    line: (accept) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find(accept);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        ended.then(
          () =>
            reject(new Error(`The process ended without the awaited line. It said:\n${lines.join('\n')}`)),
          reject,
        );
      }),
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Resolves once `holds` does; throws after the time is over. The one way in which tests wait. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  options: { readonly withinMs?: number } = {},
): Promise<void> {
  const withinMs = options.withinMs ?? 45_000;
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
