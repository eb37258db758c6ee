// Whether the server answers. The client reports every success and failure; while it is down, /health is asked every two seconds.

type Listener = () => void;

const retryMs = 2_000;
let down = false;
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<Listener>();
const returned = new Set<Listener>();

function tell(all: ReadonlySet<Listener>): void {
  for (const listener of all) listener();
}

export const isDown = (): boolean => down;

export function onConnectionChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called once each time the server answers again after it did not. */
export function onReturn(listener: Listener): () => void {
  returned.add(listener);
  return () => returned.delete(listener);
}

export function reportAnswer(): void {
  if (!down) return;
  down = false;
  if (timer !== null) clearTimeout(timer);
  timer = null;
  tell(listeners);
  tell(returned);
}

export function reportSilence(): void {
  if (down) return;
  down = true;
  tell(listeners);
  timer = setTimeout(ask, retryMs);
}

function ask(): void {
  fetch('/health', { cache: 'no-store' }).then((answer) => (answer.ok ? reportAnswer() : again()), again);
}

function again(): void {
  if (down) timer = setTimeout(ask, retryMs);
}
