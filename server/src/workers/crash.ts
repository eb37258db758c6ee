// Named commit boundaries at which tests kill the process for real. Does nothing outside of tests.

export type CrashPoint = (name: string) => void;

/** RAPPORT_CRASH_AT is only honoured when NODE_ENV is `test`. */
export function crashPoint(env: Readonly<Record<string, string | undefined>>): CrashPoint {
  const at = env['NODE_ENV'] === 'test' ? env['RAPPORT_CRASH_AT'] : undefined;
  if (at === undefined || at === '') return () => undefined;
  return (name) => {
    if (name === at) process.kill(process.pid, 'SIGKILL');
  };
}
