// Tells when an app changes its address without loading a page. The site's own calls go through unchanged.

export function watchMoves(window: Window & typeof globalThis, moved: () => unknown): void {
  const { history } = window;
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    try {
      history[name] = function (this: History, ...args) {
        original.apply(this, args);
        moved();
      };
    } catch {
      // A site may have locked it.
    }
  }
  for (const name of ['popstate', 'hashchange']) window.addEventListener(name, moved);
}
