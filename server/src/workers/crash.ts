// Named commit boundaries at which tests kill the process for real. Does nothing outside of tests.

export type CrashPoint = (name: string) => void;

/** RAPPORT_CRASH_AT=name, or name:3 for the third time it is passed; only honoured when NODE_ENV is `test`. */
export function crashPoint(env: Readonly<Record<string, string | undefined>>): CrashPoint {
  const wanted = env['NODE_ENV'] === 'test' ? (env['RAPPORT_CRASH_AT'] ?? '') : '';
  if (wanted === '') return () => undefined;
  const [at, times = '1'] = wanted.split(':');
  let left = Number(times);
  return (name) => {
    if (name !== at) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}
